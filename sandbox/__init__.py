"""What stands in for the outside world on one machine: PostgreSQL, the Gemini wire, sample documents.

The sandbox imports nothing of the service (``app/``), the rules or the role.
"""
