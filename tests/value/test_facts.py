"""Facts and states: rows by hand, a state reached in one step or in many, customers' lines of time."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from value.shop import ZONE, answer, at, order, shop, span
from value.test_value_properties import SPAN, shops

from pipelines.periods import Clock
from pipelines.settings import Settings
from pipelines.value.customer_months import State
from pipelines.value.month_end import Walk, people_of
from pipelines.value.months import months_of
from pipelines.value.records import NEVER
from pipelines.value.sources import Frames, facts_of
from pipelines.value.timelines import NEVER_ORDERED, NOWHERE, Lines, Timelines

JANUARY, FEBRUARY, MARCH = (2024 * 12 + month for month in range(3))


def facts(orders, answers=(), clock=SPAN.clock):
    frames = shop(orders, answers)
    return facts_of(Frames({"orders": frames[0], "responses": frames[1]}), clock=clock)


def test_a_day_holds_until_what_was_bought_on_it_changes():
    known = facts(
        [
            order("o1", "ann", "2024-01-10 12:00", "40.00", refunded="40.00", refunded_at="2024-03-03 12:00"),
            order("o2", "ann", "2024-01-10 13:00", "15.00", refunded="5.00", refunded_at="2024-02-03 12:00"),
            order("o3", "bob", "2024-02-10 12:00", "9.00"),
        ]
    )
    days = known.days
    columns = ("customer", "start", "stop", "orders", "cents")
    assert list(zip(*(getattr(days, name).tolist() for name in columns), strict=True)) == [
        (0, JANUARY, FEBRUARY, 2, 5500),
        (0, FEBRUARY, MARCH, 2, 5000),
        (0, MARCH, NEVER, 1, 1000),
        (1, FEBRUARY, NEVER, 1, 900),
    ]
    assert days.of_customers(np.array([0]), FEBRUARY).tolist() == [1]
    assert days.entering(JANUARY, MARCH).tolist() == [3, 2]
    assert days.leaving(JANUARY, MARCH).tolist() == [0]


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(shops(fewest=6), st.sets(st.integers(0, 14), min_size=1, max_size=6))
def test_a_state_does_not_depend_on_the_months_it_came_by(records, stops):
    known = facts(*records[:2])
    months = months_of(SPAN)
    by_month = [people_of(walked, month) for month, walked in steps(known, months)]
    for month, walked in steps(known, [months[place] for place in sorted(stops)]):
        assert_frame_equal(people_of(walked, month), by_month[months.index(month)], check_exact=True)


def steps(known, months):
    state = State(known)
    for month in months:
        state.advance(month.number)
        yield month, state


def test_an_hour_repeated_across_midnight_keeps_instants_and_days_apart():
    """St. John's set its clocks back at one minute past midnight: the later of two orders has the earlier day."""
    clock = Clock(at("2011-01-01 12:00"), "America/St_Johns")
    orders = [
        order("o1", "ann", "2010-11-07 02:30", "10.00") | {"order_date": date(2010, 11, 7)},
        order("o2", "ann", "2010-11-07 02:40", "20.00") | {"order_date": date(2010, 11, 6)},
        order("o3", "bob", "2010-11-07 02:20", "30.00") | {"order_date": date(2010, 11, 6)},
    ]
    answers = [answer(f"a{minute}", "ann", f"2010-11-07 02:{minute}", 9) for minute in (29, 31, 41)]
    known = facts(orders, answers, clock)
    assert known.sales.cents.tolist() == [3000, 2000, 1000]
    lines = Timelines(Lines(known.sales), known.answers, np.full(3, NOWHERE))
    by_instant = np.argsort(known.answers.answered_at)
    last = [known.sales.cents[row] if row != NOWHERE else None for row in lines.last_before()[by_instant]]
    assert last == [None, 1000, 2000]
    following = lines.next_counted(lines.here)[by_instant]
    first, second = (int(at(f"2010-11-07 02:{minute}").timestamp() * 1e6) for minute in (30, 40))
    assert following.tolist() == [first, second, NEVER_ORDERED]


def test_the_open_month_is_walked_to_by_the_last_closed_one():
    known = facts([order("o1", "ann", "2024-01-10 12:00", "40.00")], clock=Clock(at("2024-03-10 12:00"), ZONE))
    wanted = months_of(span("2024-03", "2024-03", "2024-03-10 12:00"))
    visited = list(Walk(known, wanted, Settings()).ends())
    assert [(end.month.number, end.is_wanted, end.is_open) for end in visited] == [
        (FEBRUARY, False, False),
        (MARCH, True, True),
    ]
    assert visited[1].base.model.orders.fitted_to == date(2024, 2, 29)
