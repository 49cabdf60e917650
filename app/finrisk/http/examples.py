"""Examples for the API's description: what its routes take, and what they answer."""

import json

from finrisk.answers import Analysis, Figure
from finrisk.http.error_codes import MEANINGS, ErrorBody, ErrorCode, ErrorInfo
from finrisk.http.replies import (
    DeletedDocument,
    DeltaEvent,
    DocumentCounts,
    DocumentPage,
    DoneEvent,
    Health,
    MetaEvent,
    RatingReceipt,
    Readiness,
    ReviewTurn,
    StreamEvent,
)
from finrisk.http.status_reply import ArmFigures, Status

_REQUEST_ID = "01a209f9-402a-7a6d-b1b3-eae7f9dced43"
_REVISION = "r0003-0a1434f8"
_EXPERIMENT = "5d1c0a22f1b7"
_TUNED_MODEL = "projects/acme/locations/us-central1/endpoints/3636376334540873649"

QUESTION = {
    "strategy": "What credit risk does Corvane Bank report for 2025?",
    "user_id": "test_user_1",
    "filters": {"company": "Corvane Bank", "year": 2025},
}
RATING = {"request_id": _REQUEST_ID, "rating": 1}
SCORE = {"request_id": _REQUEST_ID, "score": 0.85}
CORRECTION = {
    "request_id": _REQUEST_ID,
    "correction": "## Credit risk\n- Impaired loans were 1.9 % of all loans at the end of 2025, after 2.3 % "
    "at the end of 2024 [1].",
}
_FIGURE: Figure = {
    "text": "1.9 %",
    "verdict": "stated",
    "source": 1,
    "place": {"sentence": "Impaired loans were 1.9 % of all loans at the end of 2025."},
    "source_says": None,
}
_WRONG_FIGURE: Figure = {**_FIGURE, "text": "2.9 %", "verdict": "misattributed", "source_says": "1.9 %"}
DOCUMENTS = {
    "documents": [
        {
            "id": "acme-2025",
            "title": "Acme annual report 2025",
            "company": "Acme",
            "year": 2025,
            "text": "Acme holds 12.5 million in cash.",
        }
    ]
}

ANALYSIS: Analysis = {
    "analysis": "## Credit risk\n- Impaired loans were 1.9 % of all loans at the end of 2025 [1].",
    "sources": [
        {
            "n": 1,
            "document_id": "corvane-2025",
            "title": "Corvane Bank annual report 2025",
            "page": 12,
            "excerpt": "Impaired loans were 1.9 % of all loans at the end of 2025.",
        }
    ],
    "figures": [
        {
            "text": "1.9 %",
            "verdict": "stated",
            "source": 1,
            "place": {"sentence": "Impaired loans were 1.9 % of all loans at the end of 2025."},
            "source_says": None,
        }
    ],
    "metadata": {
        "request_id": _REQUEST_ID,
        "approach": "rag_base",
        "finetuned_model_used": False,
        "arm_assigned": "base",
        "arm_served": "base",
        "model": "gemini-3.5-flash-lite",
        "model_version": "gemini-3.5-flash-lite-001",
        "revision": _REVISION,
        "quality_score": 0.987,
        "grounded": True,
        "latency_ms": 187.9,
        "recorded": True,
        "tokens": {"prompt": 1216, "answer": 215},
    },
}

EVENTS: list[StreamEvent] = [
    MetaEvent(event="meta", data={"request_id": _REQUEST_ID, "arm_assigned": "base", "revision": _REVISION}),
    DeltaEvent(event="delta", data={"text": ANALYSIS["analysis"]}),
    DoneEvent(event="done", data=ANALYSIS),
]
STREAM = "".join(f"event: {event['event']}\ndata: {json.dumps(event['data'])}\n\n" for event in EVENTS)

JOINED: RatingReceipt = {"request_id": _REQUEST_ID, "status": "joined"}
CORRECTED: RatingReceipt = {"request_id": _REQUEST_ID, "status": "joined", "figures": [_FIGURE]}
ACCEPTED: RatingReceipt = {"request_id": _REQUEST_ID, "status": "accepted"}
REVIEW: ReviewTurn = {
    "review": {
        "request_id": _REQUEST_ID,
        "strategy": "Credit risk of Corvane Bank in 2025",
        "analysis": "## Credit risk\n- Impaired loans were 1.9 % of all loans at the end of 2025 [1].",
        "sources": [
            {
                "title": "Corvane Bank annual report 2025: credit risk",
                "text": "Impaired loans were 1.9 % of all loans at the end of 2025.",
            }
        ],
    }
}
COUNTS: DocumentCounts = {"added": 1, "changed": 0, "unchanged": 0}
PAGE: DocumentPage = {
    "documents": [
        {
            "id": "acme-2025",
            "title": "Acme annual report 2025",
            "company": "Acme",
            "year": 2025,
            "pages": 1,
            "sha256": "55a675e616d4c4b3161c18f3aabca50d3d93ec09d4db6af47d3d7ff978dc3c93",
        }
    ],
    "next": None,
}
DELETED: DeletedDocument = {"deleted": "acme-2025"}

_FIGURES: ArmFigures = {
    "requests": 200,
    "users": 29,
    "share": 0.5088,
    "attempts": 200,
    "errors": {"upstream": 0, "timeout": 1, "cut": 0},
    "error_rate": 0.005,
    "blocked": 0,
    "blocked_rate": 0.0,
    "p50_ms": 412.0,
    "p95_ms": 903.5,
    "share_over_2s": 0.005,
    "quality": 0.9312,
    "wrong_figures": 0.045,
    "feedback": {"liked": 12, "disliked": 2},
    "fallbacks": 0,
}
_ARMS: dict[str, ArmFigures] = {
    "base": _FIGURES,
    "tuned": {
        **_FIGURES,
        "requests": 192,
        "users": 28,
        "share": 0.4912,
        "attempts": 192,
        "quality": 0.9418,
        "wrong_figures": 0.0156,
    },
}

STATUS: Status = {
    "configuration": {
        "revision": _REVISION,
        "ENABLE_DATA_COLLECTION": True,
        "DATA_COLLECTION_QUALITY": 0.9,
        "ENABLE_FINETUNING": True,
        "ENABLE_AB_TESTING": True,
        "AB_TEST_TRAFFIC_SPLIT": 0.5,
        "FINETUNED_MODEL_NAME": _TUNED_MODEL,
        "base_model": "gemini-3.5-flash-lite",
        "split": 0.5,
    },
    "collection": {
        "enabled": True,
        "quality_threshold": 0.9,
        "count": 271,
        "duplicates": 0,
        "withdrawn": 14,
        "made_by_tuned_model": 0,
        "target": 1000,
        "recommended": [2000, 5000],
        "percent": 27.1,
        "rows_last_24h": 271,
        "expected_target_date": "2026-11-26",
        "last_collected_at": "2026-11-23T19:48:21+00:00",
        "skipped": {"quality_below_threshold": 102, "figure_not_supported": 18, "strategy_too_short": 1},
    },
    "experiment": {
        "experiment": _EXPERIMENT,
        "model": _TUNED_MODEL,
        "name": "finrisk-v1-5d1c0a22",
        "split": 0.5,
        "first": "2026-11-23T20:05:11+00:00",
        "last": "2026-11-23T20:41:07+00:00",
        "stage": {
            "revision": _REVISION,
            "since": "2026-11-23T20:05:11+00:00",
            "requests": 392,
            "users": 57,
            "unit_kind": "user",
            "arms": {
                "base": {"requests": 200, "users": 29, "share": 0.5088},
                "tuned": {"requests": 192, "users": 28, "share": 0.4912},
            },
        },
        "arms": _ARMS,
    },
    "traffic": _ARMS,
}

HEALTH: Health = {"status": "ok"}
READY: Readiness = {"ready": True}
READY_OPS: Readiness = {
    "ready": True,
    "revision": _REVISION,
    "split": 0.0,
    "database": "ok",
    "schema": "current",
    "database_problem": "",
    "breakers": {"gemini-3.5-flash-lite": False},
    "journal": {"ships": True, "bytes": 0, "oldest_seconds": 0.0, "set_aside": 0},
    "workers": [
        {"pid": 19597, "start_time": 480134, "revision": _REVISION, "split": 0.0, "ready": True},
    ],
}


def error(code: ErrorCode) -> ErrorBody:
    """An error of that code."""
    info: ErrorInfo = {"code": code, "message": MEANINGS[code].when, "request_id": _REQUEST_ID}
    if code == "invalid":
        info["details"] = [{"field": "rating", "message": "Input should be -1 or 1"}]
    elif code == "blocked":
        info["details"] = {"reason": "refused"}
    elif code == "unknown_company":
        info["details"] = {"near": ["Corvane Bank"]}
    elif code == "figure_not_supported":
        info["details"] = {"figures": [_WRONG_FIGURE]}
    return {"error": info}
