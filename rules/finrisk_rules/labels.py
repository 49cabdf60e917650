"""The labels of a document, which say who may read it."""

LABEL = r"^[^:\s][^:]*: \S.*$"
"""A label as a regular expression: ``key: value``."""


def labels_said(setting: str) -> frozenset[str]:
    """The labels that a setting names, between semicolons: ``desk: equities; desk: credit``."""
    return frozenset(label.strip() for label in setting.split(";") if label.strip())
