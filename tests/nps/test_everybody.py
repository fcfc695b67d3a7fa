"""nps.everybody: against loops over rows, as of each month's end, with too little to say, and against the truth."""

from __future__ import annotations

from collections import defaultdict
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest
from nps.simulated_core import ZONE, errors, shop, tables

from pipelines.nps.everybody import everybody, range_of
from pipelines.nps.silent.history import History, Sources
from pipelines.nps.silent.methods import BEFORE_DELIVERY, BEHAVIOUR, LATE, NO_TREND, Said
from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings
from pipelines.simulate.world import World
from pipelines.speed import by_number

END = date(2025, 7, 1)


def clock_at(day: date) -> Clock:
    return Clock(datetime.combine(day, time(), ZoneInfo(ZONE)).astimezone(UTC), ZONE)


def computed(frames: dict[str, pl.LazyFrame], start: date, end: date, clock: date = END) -> pl.DataFrame:
    return everybody(**frames, span=Span(Window(start, end), clock_at(clock)), settings=Settings())


@pytest.fixture(scope="module")
def small() -> World:
    return shop(5, customers=500, months=15)


def history(frames: dict[str, pl.LazyFrame], end: date) -> History:
    described = frames["orders"].join(frames["order_segments"], on="order_id").with_columns(order_key="order_id")
    answers = frames["responses"].with_columns(order_key="order_id")
    numbered = by_number(described, answers, frames["invitations"])
    return History.at(Sources.of(*numbered, clock=clock_at(END), first=end), end)


def test_first_orders_are_what_loops_over_the_rows_find(small: World) -> None:
    frames, end, start = tables(small), date(2025, 5, 1), date(2025, 2, 1)
    orders = frames["orders"].collect()
    days: dict[str, set[date]] = defaultdict(set)
    first_of: dict[tuple[str, date], dict[str, Any]] = {}
    for order in orders.sort("ordered_at", "order_id").to_dicts():
        is_returned = order["refunded"] > 0 and order["refunded"] >= order["gross"]
        if order["order_date"] < end and not order["is_cancelled"] and not is_returned:
            days[order["customer_id"]].add(order["order_date"])
            first_of.setdefault((order["customer_id"], order["order_date"]), order)
    scores = {
        answer["order_id"]: answer["score"]
        for answer in frames["responses"].collect().sort("responded_at").to_dicts()
        if answer["stage"] in {"post_delivery", "post_order"} and answer["order_id"] and answer["response_date"] < end
    }
    expected = []
    for customer, bought in days.items():
        inside = sorted(day for day in bought if day >= start)
        if inside:
            day = inside[0]
            later = [other for other in bought if other > day]
            before = [other for other in bought if day - timedelta(days=365) <= other < day]
            score = scores.get(first_of[customer, day]["order_id"], -1)
            expected.append((day, min(later, default=None), len(before), len(inside), score))
    made = history(frames, end)
    buyers = made.buyers(start)
    answers = made.answer_about(buyers.first)
    epoch = date(1970, 1, 1)
    found = [
        (
            epoch + timedelta(days=int(made.day[first])),
            None if made.next_day[first] < 0 else epoch + timedelta(days=int(made.next_day[first])),
            int(made.purchases_before(first)),
            int(last - first + 1),
            -1 if answer < 0 else int(made.sources.score[answer]),
        )
        for first, last, answer in zip(buyers.first, buyers.last, answers, strict=True)
    ]

    def key(row: tuple[Any, ...]) -> str:
        return str(row)

    assert len(found) > 100
    assert sum(row[4] >= 0 for row in found) > 30
    assert sorted(found, key=key) == sorted(expected, key=key)


def test_waits_run_from_the_last_invitation_before_the_answer(small: World) -> None:
    frames, end = tables(small), END
    made = history(frames, end)
    buyers = made.buyers(date(2025, 1, 1))
    answers = made.answer_about(buyers.first)
    wait, reminders = made.waits(buyers.first[answers >= 0], answers[answers >= 0])
    sent: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for invitation in frames["invitations"].collect().sort("invited_at").to_dicts():
        sent[invitation["customer_id"]].append(invitation)
    expected = set()
    for answer in frames["responses"].collect().drop_nulls("order_id").to_dicts():
        [*_, last] = [each for each in sent[answer["customer_id"]] if each["invited_at"] <= answer["responded_at"]]
        expected.add((int((answer["responded_at"] - last["invited_at"]).total_seconds()), last["reminders"]))
    assert len(wait) > 50
    assert wait.min() > 0
    assert set(zip(wait.tolist(), reminders.tolist(), strict=True)) <= expected


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_after_a_month_has_a_say_in_it_and_months_do_not_depend_on_each_other(seed: int) -> None:
    frames = tables(shop(seed, customers=400, months=16))
    start, end = date(2025, 3, 1), date(2025, 4, 1)
    alone = computed(frames, start, end)
    known = {
        "orders": frames["orders"].filter(pl.col("order_date") < end),
        "invitations": frames["invitations"].filter(pl.col("invited_date") < end),
        "responses": frames["responses"].filter(pl.col("response_date") < end),
    }
    assert alone.height == 10
    assert computed(frames | known, start, end).equals(alone)
    together = computed(frames, date(2025, 2, 1), date(2025, 6, 1))
    assert together.filter(pl.col("month") == start).equals(alone)
    # What has not been delivered or was late after the month's end is unknown at it.
    undelivered = pl.col("delivered_at").dt.convert_time_zone(ZONE).dt.date() < end
    blank = [pl.when(undelivered).then(name).alias(name) for name in ("delivered_at", "days_late")]
    assert computed(frames | {"orders": frames["orders"].with_columns(blank)}, start, end).equals(alone)


def test_the_order_of_the_rows_does_not_matter(small: World) -> None:
    frames = tables(small)
    shuffled = {
        name: frame.collect().sample(fraction=1.0, shuffle=True, seed=3).lazy() for name, frame in frames.items()
    }
    assert computed(shuffled, date(2025, 6, 1), END).equals(computed(frames, date(2025, 6, 1), END))


def test_too_little_gives_a_reason_and_no_figure(small: World) -> None:
    frames = tables(small)
    few = frames["responses"].collect().sort("responded_at").tail(20).lazy()
    rows = {row["method"]: row for row in computed(frames | {"responses": few}, date(2025, 6, 1), END).to_dicts()}
    assert {method: row["reason"] for method, row in rows.items()} == {
        "as_answered": None,
        "alike": "fewer than 30 buyers answered",
        "late_answers": "fewer than 30 answers with a known invitation",
        "behaviour": "fewer than 30 answers about first orders that are 30 days old",
        "range": "no method has enough answers",
    }
    for method in ("alike", "late_answers", "behaviour", "range"):
        assert rows[method]["nps"] is rows[method]["nps_low"] is rows[method]["width"] is None
    none = computed(frames | {"responses": few.clear()}, date(2025, 6, 1), END)
    assert set(none.filter(pl.col("method") == "as_answered")["reason"]) == {"no buyer answered"}
    assert computed({name: frame.clear() for name, frame in frames.items()}, date(2025, 6, 1), END).is_empty()
    uninvited = computed(frames | {"invitations": frames["invitations"].clear()}, date(2025, 6, 1), END)
    late = uninvited.filter(pl.col("method") == "late_answers")
    assert set(late["reason"]) == {"fewer than 30 answers with a known invitation"}


def test_answers_before_delivery_stand_for_those_after_it_where_there_are_none() -> None:
    frames = tables(shop(2, customers=2000, months=14))
    early = frames["responses"].filter(pl.col("stage") == "pre_delivery")
    rows = computed(frames | {"responses": early}, date(2025, 6, 1), END).filter(pl.col("grain") == "trailing_365d")
    methods = {row["method"]: row for row in rows.to_dicts()}
    assert methods["behaviour"]["nps"] is not None
    assert [name for name, row in methods.items() if BEFORE_DELIVERY in row["assumption"]] == [
        "behaviour",
        "late_answers",
    ]
    both = computed(frames, date(2025, 6, 1), END)
    assert not both["assumption"].str.contains(BEFORE_DELIVERY, literal=True).any()


def test_the_range_goes_to_the_ends_of_the_methods_that_say_something() -> None:
    said = [Said.of(40, LATE, 0.1, -0.2, 0.3), Said(9, BEHAVIOUR, reason="too few"), Said.of(40, LATE, 0.2, 0.0, 0.5)]
    found = range_of(said, 40)
    assert (found.nps, found.low, found.high) == (None, -20.0, 50.0)


def test_a_trend_over_late_answers_is_carried_on_only_where_there_is_one() -> None:
    rows = {}
    for delay in (0.0, -0.8):
        made = computed(tables(shop(3, months=14, delay_per_satisfaction=delay)), date(2025, 6, 1), END)
        [rows[delay]] = made.filter(pl.col("method") == "late_answers", pl.col("grain") == "trailing_365d").to_dicts()
    assert rows[0.0]["assumption"] == NO_TREND
    assert rows[-0.8]["assumption"] == LATE
    assert rows[-0.8]["nps"] < rows[0.0]["nps"] - 20


@pytest.mark.slow
@pytest.mark.parametrize(("strength", "allowed"), [(0.0, 6), (0.4, 6), (0.9, 11)])
def test_behaviour_undoes_most_of_what_the_silent_hide(strength: float, allowed: float) -> None:
    """Ten shops of the hundred in bench_everybody.py, so the bounds are wider by the error of ten."""
    found = [errors(shop(seed, response_per_satisfaction=strength)) for seed in range(10)]
    behaviour, answered = (
        np.array([each["trailing_365d", method] for each in found], dtype=float)
        for method in ("behaviour", "as_answered")
    )
    assert abs(behaviour[:, 0].mean()) <= min(allowed, answered[:, 0].mean() / 2)
    assert sum(each["trailing_365d", "range"][1] for each in found) >= 8
    assert sum(each["trailing_365d", "behaviour"][1] for each in found) >= 6
