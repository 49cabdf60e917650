"""Answers are drawn at random for review, and what reviewers say of them corrects the judge."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from finrisk import reviews
from finrisk.corrections import Reviewer, UnknownAnswerError
from finrisk_ops import evidence
from finrisk_ops.erasure.subject import Subject
from finrisk_ops.erasure.tables import erase
from finrisk_ops.gate import reviews as told
from finrisk_ops.gate.rules import Rules
from finrisk_ops.gate.verdict import decide
from tests.grounds.arms import SPLIT, user_on
from tests.grounds.records import analysis
from tests.grounds.refusals import error
from tests.grounds.service import RunningService

EXPERIMENT = "spec-2"
ANNA, BEN = Reviewer("anna"), Reviewer("ben")
INSERT = "insert into analyses select * from jsonb_populate_record(null::analyses, %s::jsonb)"

Connection = psycopg.Connection[Any]


@pytest.fixture
def url(new_database: Callable[[bool], str]) -> str:
    return new_database(True)


@pytest.fixture
def connection(url: str) -> Iterator[Connection]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def answered(connection: Connection, user: str, arm: str = "base", **fields: Any) -> str:
    """An answer of the arm's own model, in the database; its id."""
    row = {
        "created_at": datetime.now(UTC).isoformat(),
        "experiment": EXPERIMENT,
        "revision": "r0001",
        "split_bp": 5000,
        "unit_hash": user,
        "user_hash": user,
        "arm_assigned": arm,
        "arm_served": arm,
        "judged_quality": 0.5,
        "strategy": f"What does {user} ask?",
        "analysis": f"An answer to {user}.",
        "judge_version": "4",
        "prompt_version": "p",
        "index_version": "4",
        **fields,
    }
    record = analysis(str(uuid.uuid4()), **row)["analysis"]
    connection.execute(INSERT, (Jsonb(record),))
    return str(record["id"])


def drawn(connection: Connection, share: float = 1.0, reviewer: Reviewer = ANNA) -> str | None:
    found = reviews.take(connection, EXPERIMENT, share, reviewer)
    return found["request_id"] if found else None


def scored(connection: Connection, request_id: str | None, value: float) -> None:
    assert request_id
    reviews.label(connection, uuid.UUID(request_id), value, ANNA)


def read(connection: Connection) -> dict[str, Any]:
    connection.autocommit = False
    found: dict[str, Any] = evidence.read(connection, EXPERIMENT)
    connection.commit()
    connection.autocommit = True
    return found


def base_of(connection: Connection) -> dict[str, Any]:
    base: dict[str, Any] = read(connection)["stages"][0]["arms"]["base"]
    return base


def test_a_user_is_drawn_once_a_stage_however_much_the_user_asks(connection: Connection) -> None:
    heavy = {answered(connection, "bot") for _ in range(50)}
    light = answered(connection, "person")
    found = set()
    while request_id := drawn(connection):
        found.add(request_id)
        scored(connection, request_id, 1)
    assert light in found
    assert len(found & heavy) == len(found) - 1 == 1


def test_an_answer_stays_with_its_reviewer_until_it_has_a_score_or_a_day_is_over(
    connection: Connection,
) -> None:
    for user in ("a", "b"):
        answered(connection, user)
    first, other = drawn(connection), drawn(connection, reviewer=BEN)
    assert first is not None
    assert (drawn(connection), drawn(connection, reviewer=BEN)) == (first, other) != (other, first)
    scored(connection, first, 0.7)
    assert drawn(connection) is None
    connection.execute("update reviews set taken_at = now() - interval '25 hours'")
    assert drawn(connection) == other


def test_an_answer_that_is_skipped_is_nobodys_again_and_is_reported_by_arm(connection: Connection) -> None:
    for user, arm in (("a", "base"), ("b", "base"), ("c", "tuned")):
        for _ in range(2):
            answered(connection, user, arm)
    for reviewer in (ANNA, BEN):
        request_id = drawn(connection, reviewer=reviewer)
        assert request_id
        other = BEN if reviewer is ANNA else ANNA
        with pytest.raises(UnknownAnswerError, match="waits for this key's score"):
            reviews.skip(connection, uuid.UUID(request_id), other)
        for _ in range(2):
            reviews.skip(connection, uuid.UUID(request_id), reviewer)
    connection.execute("update reviews set taken_at = now() - interval '25 hours'")
    third = drawn(connection)
    scored(connection, third, 1)
    assert drawn(connection) is None, "no other answer of the person takes its place"
    found = read(connection)
    [[arm]] = connection.execute("select arm_served from analyses where id = %s", (third,)).fetchall()
    skipped = {"base": 2, "tuned": 1} | {arm: 1 if arm == "base" else 0}
    assert found["reviewers"] == {"number": 1, "skipped": skipped}
    said = told.told(told.content(found["stages"], found["reviewers"])["reviews"])
    assert "1 labels drawn at random, of one reviewer, and both arms need" in said
    assert f"; skipped: {skipped['base']} of base, {skipped['tuned']} of tuned; " in said
    with pytest.raises(UnknownAnswerError):
        reviews.skip(connection, uuid.UUID(third), ANNA)


def test_what_a_reviewer_chose_is_drawn_like_any_other_and_asked_for_anew(connection: Connection) -> None:
    """Else the bad answers, which are chosen and corrected, would be missing among the drawn ones."""
    chosen = {answered(connection, f"u{number}", judged_quality=0.5) for number in range(5)}
    for each in chosen:
        scored(connection, each, 0)
    assert base_of(connection)["reviews"] == {"drawn": 0, "others": 5}
    found = set()
    while request_id := drawn(connection):
        found.add(request_id)
        assert drawn(connection) == request_id
        scored(connection, request_id, 0.4)
    assert found == chosen
    assert base_of(connection)["reviews"] == {"drawn": 5, "others": 0}


def test_a_correction_alone_replaces_no_score_and_takes_no_answer_from_who_reviews_it(
    connection: Connection,
) -> None:
    answered(connection, "a")
    request_id = drawn(connection)
    assert request_id
    reviews.label(connection, uuid.UUID(request_id), None, BEN)
    assert drawn(connection) == request_id
    scored(connection, request_id, 0.8)
    reviews.label(connection, uuid.UUID(request_id), None, ANNA)
    assert connection.execute("select key_id, label from reviews").fetchall() == [
        ("anna", pytest.approx(0.8))
    ]
    other = answered(connection, "b")
    assert drawn(connection) == other
    reviews.label(connection, uuid.UUID(other), None, ANNA)
    assert connection.execute("select label from reviews order by taken_at desc").fetchone() == (0.0,)


def test_nobody_scores_an_answer_with_a_source_that_the_key_may_not_read(connection: Connection) -> None:
    request_id = answered(connection, "a", labels=["desk: equities"])
    with pytest.raises(UnknownAnswerError, match=request_id):
        scored(connection, request_id, 0)
    assert connection.execute("select from reviews").fetchall() == []
    reviews.label(connection, uuid.UUID(request_id), 0, Reviewer("anna", ("desk: equities",)))
    assert base_of(connection)["reviews"] == {"drawn": 0, "others": 1}


def test_an_experiment_that_is_over_asks_for_no_review(connection: Connection) -> None:
    answered(connection, "a", experiment="earlier")
    assert reviews.take(connection, "earlier", 1.0, ANNA)
    request_id = answered(connection, "a")
    assert drawn(connection) == request_id


def test_the_share_of_the_users_is_drawn_and_more_of_them_hold_the_same(connection: Connection) -> None:
    for number in range(400):
        answered(connection, f"u{number}")
    place = "select review_place(1, 'u' || n) from generate_series(0, 399) as n"
    places = [row[0] for row in connection.execute(place)]
    assert 20 <= sum(each < 0.1 for each in places) <= 62  # of 400: four standard deviations
    expected = sum(each < 0.02 for each in places)
    assert expected
    for _ in range(expected):
        request_id = drawn(connection, 0.02)
        scored(connection, request_id, 1)
    assert drawn(connection, 0.02) is None
    assert drawn(connection, 0.0) is None
    assert drawn(connection, 0.1) is not None


def test_the_draw_walks_the_index_of_places_and_hashes_nobody_else(connection: Connection) -> None:
    answered(connection, "a")
    connection.execute("set enable_seqscan = off; set enable_bitmapscan = off")
    values = {"stage": 1, "after": -1.0, "share": 0.5}
    plan = "\n".join(row[0] for row in connection.execute(f"explain {reviews._PEOPLE}".encode(), values))
    assert "Index Scan using exposures_place" in plan
    assert "Sort" not in plan.partition("SubPlan")[0]
    asked = {"experiment": "e", "key_id": "anna", "labels": list[str]()}
    plan = "\n".join(row[0] for row in connection.execute(f"explain {reviews._OPEN}".encode(), asked))
    assert "reviews_unlabelled" in plan, "what waits is found without those that have a label"


def test_people_whose_answers_may_not_be_read_keep_no_other_back(connection: Connection) -> None:
    in_order = "select 'u' || n from generate_series(1, 120) as n order by review_place(1, 'u' || n)"
    *others, last = [user for (user,) in connection.execute(in_order)]
    for user in others:
        answered(connection, user, labels=["desk: equities"])
    assert drawn(connection) is None
    readable = answered(connection, last)
    assert drawn(connection) == readable


def test_of_two_people_at_one_place_neither_is_passed_over(connection: Connection) -> None:
    """Places have 32 bits: in a stage of a million users a hundred pairs share theirs."""
    twins = """select min('u' || n), max('u' || n), review_place(1, 'u' || n) as place
               from generate_series(1, 400000) as n group by place having count(*) > 1 order by place desc"""
    [first, second, place] = connection.execute(twins).fetchone() or ("", "", 0)
    before = """select 'u' || n from generate_series(1, 400000) as n
                where review_place(1, 'u' || n) < %s limit 99"""
    others = [user for (user,) in connection.execute(before, (place,))]
    assert len(others) == 99, "so the first of the two is the hundredth"
    for user in (*others, first):
        answered(connection, user, labels=["desk: equities"])
    assert drawn(connection) is None
    readable = answered(connection, second)
    assert drawn(connection) == readable


@pytest.mark.parametrize(
    "fields",
    [
        {"arm_assigned": "tuned"},  # base answered in its place
        {"judged_quality": None},
        {"analysis": None, "strategy": None},  # forgotten
        {"labels": ["desk: equities"]},  # of sources that the key may not read
        {"experiment": "another"},
        {"split_bp": 0},
    ],
)
def test_what_no_review_can_be_of_is_not_drawn(connection: Connection, fields: dict[str, Any]) -> None:
    answered(connection, "a", **fields)
    assert drawn(connection) is None


def test_labels_of_drawn_answers_are_summed_by_user_and_others_are_counted_apart(
    connection: Connection,
) -> None:
    by_user = {"a": (0.2, 0.4), "b": (0.8, 0.6)}
    for user, qualities in by_user.items():
        for quality in qualities:
            answered(connection, user, judged_quality=quality)
    chosen = answered(connection, "c", judged_quality=0.9)
    scored(connection, chosen, 0.1)
    for label in (1.0, 0.5):
        request_id = drawn(connection, reviewer=BEN)
        assert request_id not in (None, chosen)
        scored(connection, request_id, 0.0)
        scored(connection, request_id, label)  # the last one counts, once
    base = base_of(connection)
    assert base["reviews"] == {"drawn": 2, "others": 1}
    labels = base["metrics"]["quality"]["labels"]
    assert (labels["users"], labels["label"], labels["label_squares"]) == (2, 1.5, 1.25)
    assert labels["judge"] == pytest.approx(0.3 + 0.7)  # of all answers of these users
    assert labels["judge_squares"] == pytest.approx(0.3**2 + 0.7**2)
    assert labels["products"] in (pytest.approx(0.3 + 0.35), pytest.approx(0.15 + 0.7))


def test_who_is_erased_leaves_no_label_and_a_forgotten_text_leaves_it(
    connection: Connection, url: str
) -> None:
    for user in ("gone", "stays"):
        answered(connection, user)
        request_id = drawn(connection)
        scored(connection, request_id, 1)
    connection.execute("update analyses set strategy = null, analysis = null, prompt = null")
    assert base_of(connection)["reviews"]["drawn"] == 2
    assert erase(url, Subject(user="gone"), check=False).rows["analyses"] == 1
    assert connection.execute("select count(*) from reviews").fetchone() == (1,)
    assert base_of(connection)["metrics"]["quality"]["labels"]["users"] == 1


def test_a_schema_before_reviews_gives_its_evidence_all_the_same(connection: Connection) -> None:
    answered(connection, "a")
    scored(connection, drawn(connection), 1)
    connection.execute("drop view reviewable; drop table reviews")
    base = base_of(connection)
    assert base["requests"] == 1
    assert "reviews" not in base


def test_labels_put_a_judge_right_who_favours_the_tuned_model(connection: Connection) -> None:
    """The judge takes both arms for alike; reviewers find the tuned one worse by 0.3."""
    for number in range(60):
        for arm in ("base", "tuned"):
            answered(connection, f"{arm} {number}", arm, judged_quality=0.8 + number % 3 / 100)
    before = decide(read(connection), Rules()).metrics["quality"]
    assert before.difference == pytest.approx(0, abs=1e-6)
    while request_id := drawn(connection):
        [[arm]] = connection.execute(
            "select arm_served from analyses where id = %s", (request_id,)
        ).fetchall()
        scored(connection, request_id, 0.8 if arm == "base" else 0.5)
    found = read(connection)
    assert decide(found, Rules()).metrics["quality"].difference == pytest.approx(-0.3, abs=0.01)
    assert told.content(found["stages"])["reviews"] == {"drawn": 120, "others": 0, "corrected": 120}


def test_one_arm_with_too_few_labels_corrects_neither(connection: Connection) -> None:
    for number in range(40):
        for arm in ("base", "tuned"):
            answered(connection, f"{arm} {number}", arm, judged_quality=0.8)
    while request_id := drawn(connection):
        [[arm]] = connection.execute(
            "select arm_served from analyses where id = %s", (request_id,)
        ).fetchall()
        if arm == "base":
            scored(connection, request_id, 0.2)
        else:
            connection.execute("update reviews set key_id = 'somebody'")
    found = read(connection)
    assert decide(found, Rules()).metrics["quality"].difference == pytest.approx(0)
    said = told.told(told.content(found["stages"])["reviews"])
    assert said.startswith("quality is the judge's: 40 labels drawn at random")


def test_a_reviewer_takes_an_answer_scores_it_and_is_told_of_no_arm(
    new_service: Callable[..., RunningService],
) -> None:
    service = new_service(**SPLIT, REVIEW_SHARE="1")
    service.add_page()
    answer = service.analyze(user_id=user_on("tuned"))
    service.wait_for_row(answer)
    error(service.call("GET", "/api/v1/review", with_key="analyst"), 403, "forbidden")
    review = service.call("GET", "/api/v1/review", with_key="reviewer").json["review"]
    assert set(review) == {"request_id", "strategy", "analysis", "sources"}
    assert review["request_id"] == answer.headers["X-Request-Id"]
    assert review["sources"]
    body = {"request_id": review["request_id"], "score": 0.4}
    error(service.call("POST", "/api/v1/feedback", body, with_key="analyst"), 403, "forbidden")
    assert service.call("POST", "/api/v1/feedback", body, with_key="reviewer").status == 200
    assert service.call("GET", "/api/v1/review", with_key="reviewer").json == {"review": None}
    skipped = {"request_id": review["request_id"], "skip": True}
    error(service.call("POST", "/api/v1/feedback", skipped, with_key="reviewer"), 404, "not_found")
    error(service.call("POST", "/api/v1/feedback", skipped, with_key="analyst"), 403, "forbidden")
    both = service.call("POST", "/api/v1/feedback", body | skipped, with_key="reviewer")
    assert "neither score nor correction" in str(error(both, 422, "invalid"))
    service.rows("update reviews set label = null, labelled_at = null returning 1")
    assert service.call("POST", "/api/v1/feedback", skipped, with_key="reviewer").status == 200
    assert service.call("GET", "/api/v1/review", with_key="reviewer").json == {"review": None}
    service.rows("update reviews set label = 0.4, labelled_at = now() returning 1")
    row = service.rows("select drawn, key_id, label from reviews")
    assert row == [(True, "reviewer", pytest.approx(0.4))]
    for table in ("analyses", "training_data"):
        service.rows(f"update {table} set labels = array['desk: equities'] returning id")  # noqa: S608
    error(service.call("POST", "/api/v1/feedback", body, with_key="reviewer"), 404, "not_found")


@pytest.mark.parametrize("value", [-0.1, 1.1, "1", True])
def test_a_score_is_a_number_from_0_to_1(service: RunningService, value: object) -> None:
    body = {"request_id": "01a209f9-402a-7a6d-b1b3-eae7f9dced43", "score": value}
    error(service.call("POST", "/api/v1/feedback", body, with_key="reviewer"), 422, "invalid")
