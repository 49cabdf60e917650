"""The quality score and its parts."""

from __future__ import annotations

import pytest

from finrisk import quality
from finrisk.quality import WEIGHTS, QualityParts, grounding, quality_parts, rescored, score
from finrisk_rules.judge.judgement import judge
from finrisk_rules.judge.verdicts import JUDGE_VERSION, FigureVerdict, JudgedSource, Judgement, Verdict

STRATEGY = "How far did the liquidity coverage ratio of Corvane Bank fall in 2024, and what caused it?"
SOURCE = (
    "The liquidity coverage ratio of Corvane Bank fell to 118 % at the end of 2024 from 131 % a year "
    "earlier, because wholesale deposits of $412 million left in the fourth quarter."
)
GOOD = (
    f"## Liquidity risk\n{SOURCE} [1]\n"
    "Deposits of $412 million left, which caused the ratio to fall to 118 % [1]. "
    "Wholesale funding is the weak point of the bank, since it leaves first [1]."
)


SOURCES = [JudgedSource("", SOURCE, None, "Corvane Bank", 2024)]


def parts_of(answer: str, judgement: Judgement | None = None) -> QualityParts:
    return quality_parts(answer, STRATEGY, SOURCES, judgement or judge(STRATEGY, answer, SOURCES))


def judged(answer: str) -> float:
    return score(parts_of(answer))


def said(*verdicts: Verdict, statements: int = 0, supported: int = 0, unread: int = 0) -> Judgement:
    figures = tuple(FigureVerdict(str(n), verdict) for n, verdict in enumerate(verdicts))
    return Judgement(figures, statements, supported, unread)


def test_a_grounded_cited_answer_passes_the_threshold() -> None:
    assert judged(GOOD) >= 0.9


@pytest.mark.parametrize(
    ("flaw", "answer"),
    [
        ("an invented figure", GOOD.replace("118 %", "108 %").replace("131 %", "141 %")),
        ("no citation", GOOD.replace(" [1]", "")),
        ("a citation of a source that is not there", GOOD.replace("[1]", "[7]")),
        (
            "another subject",
            "## Cyber risk\nThe firm of 2024 was attacked by nobody at all and has no servers [1].\n" * 3,
        ),
        ("a cut end", GOOD[: len(GOOD) // 3] + " and then the"),
        ("a refusal", "I'm sorry, but I cannot help with that. " + GOOD),
        ("an error text", "Error: 500. " + GOOD),
    ],
)
def test_an_answer_with_a_flaw_falls_below_the_threshold(flaw: str, answer: str) -> None:
    assert judged(answer) < 0.9, flaw
    assert judged(answer) < judged(GOOD)


@pytest.mark.parametrize("opening", ["I'm sorry, but I cannot help with that. ", "Error: 500. "])
def test_a_refusal_and_an_error_text_are_worth_nothing(opening: str) -> None:
    assert judged(opening + GOOD) == 0.0


def test_a_source_that_comes_again_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = parts_of(GOOD)
    read: list[str] = []
    terms = quality._terms

    def note(text: str) -> frozenset[str]:
        read.append(text)
        return terms(text)

    monkeypatch.setattr(quality, "_terms", note)
    assert parts_of(GOOD) == first
    assert STRATEGY in read
    assert f"\n{SOURCE}" not in read


def test_the_weights_add_up_to_one() -> None:
    assert sum(WEIGHTS.values()) == pytest.approx(1.0)


def test_a_thumb_down_takes_a_good_answer_below_the_threshold_and_a_thumb_up_takes_it_back() -> None:
    stored = parts_of(GOOD).as_dict()
    down, parts = rescored(stored, -1)
    assert down < 0.9
    assert parts["rating"] == -1
    up, _ = rescored(parts, 1)
    assert up >= judged(GOOD) >= 0.9
    assert up <= 1.0


@pytest.mark.parametrize("text", ["", " ", "[1]" * 1000, "#" * 1000, "|-|" * 500, "\ud800", "٣" * 100])
def test_hostile_text_gets_a_score_and_never_raises(text: str) -> None:
    source = JudgedSource(text, text, None, text)
    assert 0.0 <= score(quality_parts(text, text, [source], judge(text, text, [source]))) <= 1.0


@pytest.mark.parametrize("verdict", ["unsupported", "misattributed", "wrong_scale", "wrong_direction"])
@pytest.mark.parametrize("rating", [None, 1])
def test_one_wrong_figure_of_many_shows_in_the_score_whatever_the_rest(
    verdict: Verdict, rating: int | None
) -> None:
    most: list[Verdict] = ["stated"] * 29
    right = parts_of(GOOD, said(*most, "stated", statements=5, supported=5))
    wrong = parts_of(GOOD, said(*most, verdict, statements=5, supported=5))
    scores = [rescored(parts.as_dict(), rating)[0] if rating else score(parts) for parts in (right, wrong)]
    assert scores[0] >= 0.9
    assert scores[1] < 0.6


def test_the_more_figures_are_wrong_the_lower_is_the_score() -> None:
    verdicts: list[Verdict] = ["stated"] * 4
    scores = []
    for place in range(4):
        verdicts[place] = "unsupported"
        scores.append(score(parts_of(GOOD, said(*verdicts))))
    assert scores == sorted(set(scores), reverse=True)


@pytest.mark.parametrize(
    ("judgement", "share"),
    [
        (said("stated", "computed", "unsupported", "wrong_scale"), 0.5),
        (said("stated", statements=3, supported=2), 0.8),
        (said("stated", "asked", "unread", statements=4, supported=2, unread=2), 1.0),
        (said("asked"), 0.0),
        (said(), 1.0),
        (said("unread", statements=1, unread=1), 1.0),
        (None, 0.0),
    ],
)
def test_grounding_is_the_share_that_is_right_of_what_could_be_checked(
    judgement: Judgement | None, share: float
) -> None:
    assert grounding(judgement) == share


def test_the_parts_hold_the_number_of_each_verdict_and_whose_they_are() -> None:
    stored = parts_of(GOOD, said("stated", "stated", "misattributed", unread=2, statements=2)).as_dict()
    assert stored["verdicts"] == {"stated": 2, "misattributed": 1}
    assert (stored["unread_statements"], stored["judge_version"]) == (2, JUDGE_VERSION)
    assert stored["ungrounded_figures"] == ("2",)


def test_parts_of_before_there_were_verdicts_are_rescored_by_what_they_have() -> None:
    parts = {"grounding": 1, "citations": 1, "relevance": 1, "structure": 1, "completeness": 1}
    stored: dict[str, object] = {**parts, "refused": False, "rating": None, "ungrounded_figures": []}
    down, after = rescored(stored, -1)
    assert (down, after["judge_version"], after["verdicts"]) == (0.5, "1", {})


def test_a_question_in_any_script_is_answered_by_an_answer_that_speaks_of_it() -> None:
    question = (
        "\u30b3\u30eb\u30f4\u30a1\u30f3\u9280\u884c\u306e2024\u5e74\u306e\u6d41\u52d5\u6027"
        "\u30ab\u30d0\u30ec\u30c3\u30b8\u6bd4\u7387\u306f\u306a\u305c\u4f4e\u4e0b\u3057\u305f\u306e\u304b\u3002"
    )
    source = (
        "\u30b3\u30eb\u30f4\u30a1\u30f3\u9280\u884c\u306e\u6d41\u52d5\u6027\u30ab\u30d0\u30ec\u30c3\u30b8\u6bd4\u7387\u306f2024\u5e74\u306b118%\u3078\u4f4e\u4e0b\u3057\u305f\u3002"
        "\u5927\u53e3\u9810\u91d1\u306e\u6d41\u51fa\u304c\u539f\u56e0\u3067\u3042\u308b\u3002"
    )
    firm = "\u30b3\u30eb\u30f4\u30a1\u30f3\u9280\u884c"
    japanese = JudgedSource("", source, None, firm)
    right = quality_parts(source.replace("\u3002", "[1]\u3002\n"), question, [japanese], said())
    other = "The six firms of the sources sold more cars and fewer phones than the year before [1].\n" * 3
    assert right.relevance > 0.8
    assert right.completeness > 0.5
    assert right.structure > 0.0
    english = JudgedSource("", other, None, "Six Firms")
    assert quality_parts(other, question, [english], said()).relevance < 0.5
    assert quality_parts(other, question, [japanese], said()).relevance < 0.5


@pytest.mark.parametrize("written", ["[1]", "[1, 1]", "[1][1]", "[Source 1]"])
def test_a_citation_counts_however_it_is_written(written: str) -> None:
    assert parts_of(GOOD.replace("[1]", written)).citations == 1.0
    assert parts_of(GOOD.replace("[1]", written.replace("1", "7"))).citations == 0.0
