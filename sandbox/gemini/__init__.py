"""A stand-in for Gemini, Vertex AI tuning, Cloud Storage and Google's token endpoint, on their own wire."""

from sandbox.gemini.oauth import service_account

__all__ = ["service_account"]
