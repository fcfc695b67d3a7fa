"""Events in order of time: every customer's last one in a window, and the one before."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipelines.nps.events import answers_of, in_time

START = datetime(2025, 1, 1, tzinfo=UTC)
BY = ("response_date", "responded_at", "response_id")
# Customer and hour; many at the same instant.
rows = st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 3)), st.integers(0, 60)), max_size=25)


def answers(pairs, *, days=None):
    return pl.LazyFrame(
        {
            "customer_id": pl.Series([who for who, _ in pairs], dtype=pl.UInt32),
            "responded_at": pl.Series([START + timedelta(hours=at) for _, at in pairs], dtype=pl.Datetime("us", "UTC")),
            "response_date": pl.Series(
                days or [(START + timedelta(hours=at)).date() for _, at in pairs], dtype=pl.Date
            ),
            "response_id": pl.Series(
                [f"{len(pairs) - number:03d}" for number in range(len(pairs))],
                dtype=pl.String,
            ),
        }
    )


@given(pairs=rows, start=st.integers(0, 3), days=st.integers(1, 3))
def test_last_and_previous_events_equal_plain_loops(pairs, start, days):
    events = answers_of(answers(pairs), keep=("response_id",))
    ordered = sorted(
        (START + timedelta(hours=at), f"{len(pairs) - number:03d}", who) for number, (who, at) in enumerate(pairs)
    )
    assert events.rows["response_id"].to_list() == [name for _, name, _ in ordered]
    first = date(2025, 1, 1) + timedelta(days=start)
    inside = [row for row in ordered if first <= row[0].date() < first + timedelta(days=days)]
    expected = {who: name for _, name, who in inside if who is not None}
    within = events.within(first, first + timedelta(days=days))
    result = events.rows[within[events.is_last(events.customer[within])]]
    assert dict(result.select("customer_id", "response_id").rows()) == expected
    for place, (_, _, who) in enumerate(ordered):
        earlier = [other for other in range(place) if ordered[other][2] == who]
        assert events.before[place] == (earlier[-1] if earlier and who is not None else -1)


def test_events_of_a_day_are_contiguous_when_clocks_go_back_over_midnight():
    days = [date(2025, 1, 1), date(2025, 1, 2), date(2025, 1, 1)]
    result = in_time(answers([(1, 22), (2, 23), (3, 24)], days=days), BY).collect()
    assert result["customer_id"].to_list() == [1, 3, 2]


def test_events_with_a_place_are_sorted_by_it():
    table = answers([(1, 5), (2, 4), (3, 3)]).with_columns(place=pl.Series([2, 0, 1], dtype=pl.UInt32))
    assert in_time(table, BY).collect()["customer_id"].to_list() == [2, 3, 1]
