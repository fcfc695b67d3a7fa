"""nps.delivery_gap: a published table of moves as answers, and what makes a pair."""

from __future__ import annotations

from math import sqrt

import polars as pl
import pytest
from value.shop import answer, frame, span

from pipelines.nps.delivery_gap import delivery_gap
from pipelines.settings import Settings

SCORES = (0, 8, 10)


def asked(name, customer, when, score, *about):
    stage, order = (*about, None)[:2]
    return answer(name, customer, when, score) | {"stage": stage, "order_id": order}


def segment_rows(answers, dimension="delivery", **segments):
    rows = [(row["response_id"], segments.get(row["response_id"], "unknown")) for row in answers]
    return pl.LazyFrame(rows, schema={"response_id": pl.String, dimension: pl.String}, orient="row")


def compute(tmp_path, answers, segments=None, months=("2025-01", "2025-03"), **values):
    return delivery_gap(
        frame("responses", answers),
        segment_rows(answers) if segments is None else segments,
        span=span(*months, "2026-06-01 00:00"),
        settings=Settings(home=tmp_path, timezone="America/New_York", **values),
    )


def everybody(result, grain="quarter"):
    return result.row(by_predicate=(pl.col("grain") == grain) & (pl.col("dimension") == "all"), named=True)


def test_known_vector(tmp_path):
    """Rows before, columns after: detractors, passives, promoters."""
    matrix = [[20, 5, 5], [10, 40, 10], [25, 15, 70]]
    answers = []
    for before, row in zip(SCORES, matrix, strict=True):
        for after, n in zip(SCORES, row, strict=True):
            for _ in range(n):
                name = str(len(answers))
                answers.append(asked(f"a{name}", name, "2025-01-10 12:00", before, "pre_delivery", name))
                answers.append(asked(f"b{name}", name, "2025-01-20 12:00", after, "post_delivery", name))
    result = everybody(compute(tmp_path, answers))
    assert (result["pre_responses"], result["post_responses"], result["paired_responses"]) == (200, 200, 200)
    assert (result["pre_nps"], result["post_nps"], result["gap"], result["paired_gap"]) == (40, 15, -25, -25)
    assert [result["paired_gap_low"], result["paired_gap_high"]] == pytest.approx([-36.9018, -13.0982], abs=1e-4)
    # Adjusted Wald for two samples of 200: wider than the paired interval.
    assert result["gap_low"] < result["paired_gap_low"]
    assert result["paired_gap_high"] < result["gap_high"]
    assert result["gap_high"] - result["gap_low"] == pytest.approx(2 * 1.96 * 7.75, abs=0.2)


def test_a_pair_has_the_latest_earlier_answer_about_its_order_however_old(tmp_path):
    answers = [
        asked("old", "x", "2024-09-01 12:00", 10, "pre_delivery", "o"),
        asked("new", "x", "2024-10-01 12:00", 0, "pre_delivery", "o"),
        asked("post", "x", "2025-02-01 12:00", 8, "post_delivery", "o"),
        asked("too late", "x", "2025-03-01 12:00", 10, "pre_delivery", "o"),
        asked("other", "y", "2025-02-01 12:00", 10, "post_delivery", "p"),
        asked("another", "y", "2025-01-01 12:00", 0, "pre_delivery", "q"),
        asked("unlinked", "z", "2025-02-01 12:00", 10, "post_delivery"),
    ]
    result = everybody(compute(tmp_path, answers))
    assert (result["paired_responses"], result["paired_gap"]) == (1, 100)
    # By hand, with three pseudo-pairs: 4 pairs whose changes sum to 1 and whose squares sum to 4.
    margin = 1.959963984540054 * sqrt((4 / 4 - (1 / 4) ** 2) / 4)
    assert (result["paired_gap_low"], result["paired_gap_high"]) == pytest.approx(
        (25 - 100 * margin, 25 + 100 * margin)
    )
    assert result["paired_gap_low"] < result["paired_gap"] <= result["paired_gap_high"]
    assert (result["pre_responses"], result["post_responses"]) == (2, 3)


def test_at_the_same_instant_the_larger_id_is_the_later_answer(tmp_path):
    answers = [
        asked("b", "x", "2025-01-01 12:00", 10, "pre_delivery", "o"),
        asked("a", "x", "2025-01-01 12:00", 0, "pre_delivery", "o"),
        asked("post", "x", "2025-02-01 12:00", 10, "post_delivery", "o"),
    ]
    for rows in (answers, answers[::-1]):
        assert everybody(compute(tmp_path, rows))["paired_gap"] == 0


def test_only_the_latest_answer_after_delivery_counts_unless_counting_is_all(tmp_path):
    answers = [
        asked("pre", "x", "2025-01-01 12:00", 8, "pre_delivery", "o"),
        asked("first", "x", "2025-01-10 12:00", 0, "post_delivery", "o"),
        asked("second", "x", "2025-01-20 12:00", 10, "post_delivery", "o"),
    ]
    answers[1]["next_response_at"] = answers[2]["responded_at"]
    latest, every = (everybody(compute(tmp_path, answers, counting=counting)) for counting in ("latest", "all"))
    assert (latest["post_nps"], latest["paired_responses"], latest["paired_gap"]) == (100, 1, 100)
    assert (every["post_nps"], every["paired_responses"], every["paired_gap"]) == (0, 2, 0)


def test_late_and_on_time_by_segment(tmp_path):
    answers = [
        asked(f"r{n}", f"c{n}", "2025-01-10 12:00", score, stage)
        for n, (score, stage) in enumerate(
            [(0, "post_delivery"), (8, "post_delivery"), (10, "relational"), (10, "post_delivery"), (0, "relational")]
        )
    ]
    delivery = segment_rows(answers, r0="late", r1="late", r2="on_time", r3="on_time")
    country = segment_rows(answers, "country", r0="DE", r1="FR", r2="DE", r3="FR", r4="FR")
    result = compute(tmp_path, answers, delivery.join(country, on="response_id")).filter(pl.col("grain") == "quarter")
    columns = ["segment", "post_responses", "late_responses", "on_time_responses", "late_share", "late_nps",
               "on_time_nps", "late_difference"]  # fmt: skip
    assert result.select(columns).rows() == [
        ("all", 3, 2, 2, 0.5, -50, 100, -150),
        ("DE", 1, 1, 1, 0.5, -100, 100, -200),
        ("FR", 2, 1, 1, 0.5, 0, 100, -100),
    ]


def test_without_such_answers_there_is_no_row(tmp_path):
    assert compute(tmp_path, []).is_empty()
    assert compute(tmp_path, [asked("a", "x", "2025-01-10 12:00", 9, "relational")]).is_empty()
