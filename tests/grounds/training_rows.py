"""Rows for the table training_data."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

FIRMS = ("Corvane Bank", "Skaldvik Shipping", "Tillbrook Stores", "Harrowgrain Foods", "Vantrell Power")
RISKS = ("liquidity", "credit", "market", "cyber", "regulatory", "operational")


def row(number: int, **changes: Any) -> dict[str, Any]:
    """Return one good row; equal numbers give equal rows."""
    firm, risk = FIRMS[number % len(FIRMS)], RISKS[number % len(RISKS)]
    return {
        "id": f"01900000-0000-7000-8000-{number:012x}",
        "created_at": f"2026-10-{1 + number % 28:02d}T08:00:{number % 60:02d}+00:00",
        "strategy": f"Assess the {risk} risk of {firm} for case {number}: which figures moved most, and why?",
        "analysis": f"## {risk.title()} risk\n{firm} reports {number} limit breaches, 12.5 % more than "
        f"before [1]. Management names higher funding costs and a weaker market as causes of the change [1].",
        "quality_score": 0.95,
        "model": "gemini-3.5-flash-lite",
        "finetuned_model_used": False,
        "latency_ms": 812.5,
        "user_id": f"user-{number % 17}",
        "session_id": f"session-{number}",
        "model_version": "gemini-3.5-flash-lite-001",
        **changes,
    }


def insert(database_url: str, count: int, *others: dict[str, Any]) -> None:
    """Insert ``count`` good rows and the others."""
    with psycopg.connect(database_url) as connection:
        for each in [*(row(number) for number in range(count)), *others]:
            values = {name: Jsonb(value) if name == "sources" else value for name, value in each.items()}
            statement = sql.SQL("insert into training_data ({}) values ({})").format(
                sql.SQL(", ").join(map(sql.Identifier, values)),
                sql.SQL(", ").join([sql.Placeholder()] * len(values)),
            )
            connection.execute(statement, list(values.values()))
