"""Weights: a known vector in the columns, a quarter counted by hand, and why there is no weighted score."""

from __future__ import annotations

from datetime import date
from random import Random

import numpy as np
import polars as pl
import pytest
from value.shop import answer, frame, order, span

from pipelines.nps.by_period import by_period, scores
from pipelines.nps.weighting import MIN_CELL, _figures
from pipelines.settings import Settings

# Promoters, passives, detractors of registered and guests; 3,000 and 7,000 of them bought.
ANSWERS = np.array([[[200, 40]], [[60, 30]], [[40, 30]]])
POPULATION = np.array([[3000, 7000]])


def test_known_vector_in_the_columns():
    keys = pl.DataFrame({"grain": ["quarter"], "period_start": [date(2025, 1, 1)], "stage": ["all"]})
    names = ("promoters", "passives", "detractors")
    cells = pl.DataFrame({"cell": [0, 5]}).join(keys, how="cross")
    answers = cells.with_columns(
        pl.Series(name, counts[0]) for name, counts in zip(names, ANSWERS.tolist(), strict=True)
    )
    population = cells.drop("stage").with_columns(buyers=pl.Series(POPULATION[0]))
    result = _figures(keys, answers, population, bands=5, confidence=0.95).row(0, named=True)
    assert {name: result[name] for name in ("weighted_responses", "weight_reason")} == {
        "weighted_responses": 400,
        "weight_reason": None,
    }
    assert [result[f"weighted_{name}"] for name in ("nps", "error", "low", "high")] == pytest.approx(
        [23.0, 5.9461, 11.1228, 34.1706], abs=1e-4
    )
    assert (result["linked_responses"], result["linked_nps"]) == (400, pytest.approx(42.5))
    assert result["weighting_effect"] == pytest.approx(23.0 - 42.5)
    assert result["effective_responses"] == pytest.approx(192.3077, abs=1e-4)


def shop(seed, *, guests=40, registered=60):
    """A quarter's buyers with an order each; half of the registered and few of the guests answer."""
    random = Random(seed)
    orders, segments, answers, answer_segments = [], [], [], []
    for number in range(guests + registered):
        kind = "guest" if number < guests else "registered"
        band = random.choice(["<25", "25-50", "50-100", "100-250", "250+"])
        day = f"2025-0{random.randint(1, 3)}-1{random.randint(0, 9)} 12:00"
        orders.append(order(f"o{number}", f"c{number}", day, "10"))
        segments.append({"order_id": f"o{number}", "account_type": kind, "order_value_band": band})
        if number % (4 if kind == "guest" else 2) == 0:
            score = random.choice([0, 7, 8] if kind == "guest" else [7, 9, 10])
            answers.append(answer(f"r{number}", f"c{number}", day, score) | {"order_id": f"o{number}"})
            answer_segments.append((f"r{number}", kind, band))
    schema = dict.fromkeys(("response_id", "account_type", "order_value_band"), pl.String)
    return (
        frame("responses", answers),
        pl.LazyFrame(answer_segments, schema=schema, orient="row"),
        frame("orders", orders),
        pl.LazyFrame(segments),
    )


def settings(tmp_path, **values):
    return Settings(**{"home": tmp_path, "timezone": "America/New_York", **values})


@pytest.mark.parametrize("seed", range(3))
def test_a_quarter_weighted_by_its_buyers(tmp_path, seed):
    responses, answer_segments, orders, segments = shop(seed)
    when = span("2025-01", "2025-03", "2025-06-01 00:00")
    result = by_period(responses, answer_segments, orders, segments, span=when, settings=settings(tmp_path))
    plain = scores(responses, span=when, settings=settings(tmp_path))
    assert result.select(plain.columns).equals(plain)
    assert set(result.filter(pl.col("grain").is_in(["week", "month"]))["weight_reason"]) == {"short_window"}
    quarter = result.row(by_predicate=(pl.col("grain") == "quarter") & (pl.col("stage") == "all"), named=True)
    # Ten guests answered, so they form one cell, whatever their bands.
    guests = [row for row in responses.collect().rows(named=True) if int(row["customer_id"][1:]) < 40]
    assert len(guests) == 10
    signs = [(row["score"] >= 9) - (row["score"] <= 6) for row in guests]
    share = 40 / 100
    scored = answer_segments.collect().join(responses.collect().select("response_id", "score"), on="response_id")
    buyers = segments.collect()
    rest, cell, cells = 0.0, [], []
    bands = ["<25", "25-50", "50-100", "100-250", "250+"]
    for band in bands:
        cell.append(band)
        here = scored.filter(pl.col("account_type") == "registered", pl.col("order_value_band").is_in(cell))
        if here.height >= MIN_CELL:
            cells.append(cell)
            cell = []
    cells[-1] += cell
    for cell in cells:
        here = scored.filter(pl.col("account_type") == "registered", pl.col("order_value_band").is_in(cell))
        n = buyers.filter(pl.col("account_type") == "registered", pl.col("order_value_band").is_in(cell)).height
        rest += n / 100 * sum((s >= 9) - (s <= 6) for s in here["score"]) / here.height
    assert quarter["weighted_nps"] == pytest.approx(100 * (share * sum(signs) / 10 + rest))
    assert quarter["weighted_responses"] == quarter["linked_responses"] == 40
    plain_signs = [(score >= 9) - (score <= 6) for score in scored["score"]]
    assert quarter["linked_nps"] == pytest.approx(100 * sum(plain_signs) / 40)
    assert quarter["weighting_effect"] == quarter["weighted_nps"] - quarter["linked_nps"] != 0
    assert quarter["weight_reason"] is None
    assert quarter["weighted_low"] < quarter["weighted_nps"] < quarter["weighted_high"]


def test_why_there_is_no_weighted_score(tmp_path):
    when = span("2025-01", "2025-03", "2025-06-01 00:00")

    def reason(responses, answer_segments, orders, segments):
        result = by_period(responses, answer_segments, orders, segments, span=when, settings=settings(tmp_path))
        return result.row(by_predicate=(pl.col("grain") == "quarter") & (pl.col("stage") == "all"), named=True)

    responses, answer_segments, orders, segments = shop(1)
    assert reason(responses, answer_segments, orders.clear(), segments)["weight_reason"] == "no_known_buyers"
    unlinked = responses.with_columns(order_id=pl.lit(None, pl.String))
    assert reason(unlinked, answer_segments, orders, segments)["weight_reason"] == "too_few_linked_answers"
    few = responses.filter(pl.col("response_id").is_in([f"r{n}" for n in range(40, 66)]))
    one = reason(few, answer_segments, orders, segments)
    assert (one["weight_reason"], one["weighted_nps"]) == ("one_cell", None)
    assert (one["linked_responses"], one["linked_nps"], one["weighting_effect"]) == (None, None, None)
