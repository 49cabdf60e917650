"""The FinRisk service: answers risk questions over filings and keeps the good answers."""

__version__ = "0.1.0"
