"""loop.follow_ups: queues worked out by hand, and what no later fact changes."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from warehouse.small_warehouse import computed_warehouse, months, rows

from pipelines.figures import BY_TABLE
from pipelines.figures.compute import compute, stale
from pipelines.loop.follow_ups import follow_ups
from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings
from pipelines.warehouse.stale import Change, record_changes

MAY, JUNE, JULY = date(2024, 5, 1), date(2024, 6, 1), date(2024, 7, 1)
# The figure reads numbers for the first and the third.
ANSWER = {
    "response_id": pl.String,
    "name": pl.String,
    "customer": pl.String,
    "customer_id": pl.String,
    "order_id": pl.String,
    "category": pl.String,
    "score": pl.Int8,
    "comment": pl.String,
    "language": pl.String,
    "responded_at": pl.Datetime("us", "UTC"),
    "response_date": pl.Date,
    "draw": pl.Float64,
}
CONTACT = {
    "response_id": pl.String,
    "contacted_at": pl.Datetime("us", "UTC"),
    "resolved_at": pl.Datetime("us", "UTC"),
    "is_dated": pl.Boolean,
    "owner": pl.String,
    "outcome": pl.String,
}


def at(text):
    return text and datetime.fromisoformat(text).replace(tzinfo=UTC)


def answer(name, responded_at, score=3, customer="own", draw=0.9):
    """An answer of a customer of its own, unless another is named."""
    category = "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"
    time = at(responded_at)
    customer = f"customer of {name}" if customer == "own" else customer
    return (name, name, customer, customer, None, category, score, f"words of {name}", "en", time, time.date(), draw)


def contact(name, contacted_at, resolved_at=None, *, is_dated=True, owner="care", outcome="voucher"):
    return (name, at(contacted_at), at(resolved_at), is_dated, owner, outcome)


def queue(
    answers,
    contacts=(),
    *,
    topics=(),
    at_risk=(),
    uplifts=(),
    month=JUNE,
    until=None,
    as_of="2024-06-30 12:00",
    **values,
):
    """Rows of a month, or of several, by response_id."""
    settings = Settings(home=Path("nowhere"), as_of=at(as_of), **values)
    made = follow_ups(
        pl.LazyFrame(answers, schema=ANSWER, orient="row"),
        pl.LazyFrame(list(topics), schema={"response_id": pl.String, "topic": pl.String}, orient="row"),
        pl.LazyFrame(list(contacts), schema=CONTACT, orient="row"),
        pl.LazyFrame(
            [(month, f"customer of {name}", money) for name, money in at_risk],
            schema={"month": pl.Date, "customer": pl.String, "calibrated_at_risk_90d": pl.Float64},
            orient="row",
        ),
        pl.LazyFrame(
            [(month, name, moved) for name, moved in uplifts],
            schema={"month": pl.Date, "response_id": pl.String, "uplift": pl.Float64},
            orient="row",
        ),
        span=Span(Window(month, until or JULY), Clock(settings.as_of, "UTC")),
        settings=settings,
    )
    return {row["response_id"]: row for row in made.to_dicts()}


def test_an_answer_is_open_overdue_contacted_and_resolved():
    """Detractors have 48 hours; the clock stands at noon of 30 June."""
    shown = queue(
        [
            answer("new", "2024-06-28 13:00"),
            answer("late", "2024-06-28 11:00"),
            answer("called", "2024-06-10 10:00"),
            answer("solved", "2024-06-10 10:00"),
        ],
        [
            contact("called", "2024-06-20 13:30"),
            contact("called", "2024-06-21 10:00", owner="Bo", outcome="waits"),
            contact("solved", "2024-06-10 11:30", "2024-06-12"),
        ],
    )
    assert {name: row["status"] for name, row in shown.items()} == {
        "new": "open",
        "late": "overdue",
        "called": "contacted",
        "solved": "resolved",
    }
    assert {name: row["hours_to_contact"] for name, row in shown.items() if row["contacted_at"]} == {
        "called": 243.5,
        "solved": 1.5,
    }
    assert shown["called"]["contacted_at"] == at("2024-06-20 13:30")
    assert (shown["called"]["owner"], shown["called"]["outcome"]) == ("Bo", "waits")
    assert (shown["solved"]["resolved_at"], shown["solved"]["priority"]) == (at("2024-06-12"), None)
    assert shown["late"]["due_at"] == at("2024-06-30 11:00")
    assert (shown["late"]["comment"], shown["late"]["topics"], shown["late"]["uplift"]) == ("words of late", None, None)


def test_an_answer_has_the_uplift_of_its_month():
    shown = queue([answer("one", "2024-06-10 10:00"), answer("two", "2024-06-11 10:00")], uplifts=[("two", 0.2)])
    assert {name: row["uplift"] for name, row in shown.items()} == {"one": None, "two": 0.2}


def test_earlier_answers_wait_until_they_are_resolved_or_half_a_year_has_passed():
    shown = queue(
        [
            answer("waiting", "2024-03-01"),
            answer("called", "2024-03-01"),
            answer("resolved in May", "2024-03-01"),
            answer("resolved in June", "2024-03-01"),
            answer("half a year ago", "2023-12-04"),
            answer("longer ago", "2023-12-03"),
            answer("of July", "2024-07-01"),
        ],
        [
            contact("called", "2024-03-02"),
            contact("resolved in May", "2024-03-02", "2024-05-31 23:00"),
            contact("resolved in June", "2024-03-02", "2024-06-01 00:00"),
        ],
    )
    assert {name: row["status"] for name, row in shown.items()} == {
        "waiting": "overdue",
        "called": "contacted",
        "resolved in June": "resolved",
        "half a year ago": "overdue",
    }


@pytest.mark.parametrize(
    ("contacted_at", "hours"),
    [("2024-06-10 00:00", 0), ("2024-06-10 16:00", 1), ("2024-06-09 23:59", None)],
    ids=["a day alone", "later", "the day before"],
)
def test_a_contact_counts_from_the_day_of_the_answer_on(contacted_at, hours):
    shown = queue([answer("a", "2024-06-10 15:00")], [contact("a", contacted_at, contacted_at)])["a"]
    assert (shown["status"], shown["hours_to_contact"]) == ("resolved" if hours is not None else "overdue", hours)


def test_an_answer_resolved_at_a_time_that_nobody_tells_has_no_hours():
    answers = [answer("a", "2024-06-10 15:00"), answer("b", "2024-05-10 15:00"), answer("c", "2024-06-10 15:00")]
    marks = [
        contact(name, time, time, is_dated=False)
        for name, time in (("a", "2024-06-10 15:00"), ("b", "2024-05-10 15:00"), ("c", "2024-06-10 15:00"))
    ]
    shown = queue(answers, [*marks, contact("c", "2024-06-12 15:00")])
    assert shown.keys() == {"a", "c"}
    assert [shown["a"][name] for name in ("status", "contacted_at", "resolved_at", "hours_to_contact")] == [
        "resolved",
        None,
        None,
        None,
    ]
    assert [shown["c"][name] for name in ("status", "hours_to_contact")] == ["resolved", 48]


def test_priority():
    """Detractors, urgent ones, passives; then money, then the lower score; contacted and long overdue ones last."""
    answers = [
        answer("poor", "2024-06-20", 2),
        answer("rich", "2024-06-20", 5),
        answer("unhappier", "2024-06-20", 1),
        answer("earlier", "2024-06-19", 2),
        answer("passive", "2024-06-20", 8),
        answer("urgent", "2024-06-20", 10),
        answer("urgent detractor", "2024-06-20", 6),
        answer("promoter", "2024-06-20", 10),
        answer("called", "2024-06-20", 0),
        answer("stale", "2024-05-01", 0),
        answer("nobody", "2024-06-20", 0, customer=None),
        answer("before", "2024-06-18", 0, customer="customer of rich"),
    ]
    shown = queue(
        answers,
        [contact("called", "2024-06-21")],
        topics=[("urgent", "price"), ("urgent", "harm"), ("rich", "delivery"), ("urgent detractor", "broken_promise")],
        at_risk=[("rich", 50.0), ("passive", 900.0), ("called", 70.0), ("stale", 990.0), ("poor", 0.0)],
    )
    ranked = sorted((row["priority"], name) for name, row in shown.items() if row["priority"])
    assert [name for _, name in ranked] == [
        "urgent detractor",
        "rich",
        "poor",
        "unhappier",
        "earlier",
        "urgent",
        "passive",
        "promoter",
        "called",
        "stale",
    ]
    assert [priority for priority, _ in ranked] == list(range(1, 11))
    assert {name for name, row in shown.items() if row["priority"] is None} == {"nobody", "before"}
    assert (shown["urgent"]["topics"], shown["urgent"]["is_urgent"]) == ("harm, price", True)
    assert (shown["passive"]["topics"], shown["passive"]["is_urgent"]) == (None, False)
    assert (shown["rich"]["value_at_risk"], shown["unhappier"]["value_at_risk"]) == (50.0, None)
    assert [shown[name]["is_latest"] for name in ("rich", "before", "nobody")] == [True, False, True]


def test_who_is_held_out_keeps_a_row_and_has_no_priority():
    answers = [
        answer("out", "2024-06-10", draw=0.1),
        answer("in", "2024-06-10", draw=0.3),
        answer("before", "2024-05-31", draw=0.1),
        answer("harmed", "2024-06-10", draw=0.1),
        answer("called all the same", "2024-06-10", draw=0.1),
    ]
    shown = queue(
        answers,
        [contact("called all the same", "2024-06-11")],
        topics=[("harmed", "harm")],
        follow_up_holdout="2024-06-01:0.2",
    )
    assert {name: (row["status"], row["is_held_out"], row["priority"] is None) for name, row in shown.items()} == {
        "out": ("held_out", True, True),
        "in": ("overdue", False, False),
        "before": ("overdue", False, False),
        "harmed": ("overdue", False, False),
        "called all the same": ("contacted", True, True),
    }


def test_a_category_that_nobody_follows_up_has_no_rows():
    answers = [answer("a", "2024-06-10", 10), answer("b", "2024-06-10", 8)]
    assert queue(answers, follow_up_hours="detractor:48h,passive:36h,promoter:none").keys() == {"b"}


def test_nothing_after_a_month_s_end_is_in_its_queue():
    """May, computed in July: the answer of June, its contact and the resolution of June have not happened."""
    answers = [
        answer("a", "2024-05-20"),
        answer("b", "2024-05-20", customer="bob"),
        answer("c", "2024-06-02", customer="bob"),
    ]
    happened = [contact("a", "2024-05-21", "2024-06-03")]
    later = [
        contact("a", "2024-06-05", owner="other"),
        contact("b", "2024-06-01", "2024-06-02"),
        contact("c", "2024-06-03"),
    ]
    values = {"month": MAY, "until": JUNE}
    expected = queue(answers[:2], [contact("a", "2024-05-21")], **values, as_of="2024-05-31 23:59:59.999999")
    assert expected.keys() == {"a", "b"}
    assert queue(answers, [*happened, *later], **values) == expected
    assert [expected[name]["status"] for name in "ab"] == ["contacted", "overdue"]


def test_months_of_one_span_are_those_of_each_alone():
    answers = [answer("a", "2024-05-20"), answer("b", "2024-06-20"), answer("c", "2024-04-02")]
    contacts = [contact("a", "2024-06-05", "2024-06-06"), contact("c", "2024-05-02", "2024-05-03")]
    settings = Settings(home=Path("nowhere"), as_of=at("2024-06-30 12:00"))
    frames = [
        pl.LazyFrame(answers, schema=ANSWER, orient="row"),
        pl.LazyFrame(schema={"response_id": pl.String, "topic": pl.String}),
        pl.LazyFrame(contacts, schema=CONTACT, orient="row"),
        pl.LazyFrame(schema={"month": pl.Date, "customer": pl.String, "calibrated_at_risk_90d": pl.Float64}),
        pl.LazyFrame(schema={"month": pl.Date, "response_id": pl.String, "uplift": pl.Float64}),
    ]

    def of(start, end):
        return follow_ups(*frames, span=Span(Window(start, end), Clock(settings.as_of, "UTC")), settings=settings)

    both = of(MAY, JULY)
    assert_frame_equal(both, pl.concat([of(MAY, JUNE), of(JUNE, JULY)]))
    assert both.select("month", "response_id", "status").rows() == [
        (MAY, "a", "overdue"),
        (MAY, "c", "resolved"),
        (JUNE, "b", "overdue"),
        (JUNE, "a", "resolved"),
    ]


def test_a_follow_up_that_lands_late_restates_its_month(tmp_path):
    with computed_warehouse(tmp_path) as (connection, settings):
        before = rows(connection, "loop.follow_ups", "month, response_id")
        [(waiting,)] = connection.sql(
            "SELECT response_id FROM loop.follow_ups WHERE month = '2024-02-01' AND status = 'overdue' "
            "AND category = 'detractor' AND responded_at >= '2024-02-01' ORDER BY 1 LIMIT 1"
        ).fetchall()
        connection.execute(
            "INSERT INTO core.follow_ups (response_id, source, contacted_at, is_dated) "
            f"SELECT '{waiting}', 'canonical', responded_at + INTERVAL 30 HOUR, true FROM core.responses "
            f"WHERE response_id = '{waiting}'"
        )
        record_changes(connection, [Change("core.follow_ups", "f9", date(2024, 2, 20), 1)])
        late = stale(connection, settings)
        assert late["loop.follow_ups"] == late["loop.service_levels"] == [date(2024, 2, 1), date(2024, 3, 1)]
        compute(connection, BY_TABLE["loop.follow_ups"], months("2024-02", "2024-04"), settings, run_id="late")
        after = rows(connection, "loop.follow_ups", "month, response_id")
        moved = before.filter(pl.col("response_id") == waiting), after.filter(pl.col("response_id") == waiting)
        assert [frame["status"].to_list() for frame in moved] == [["overdue"] * 2, ["contacted"] * 2]
        assert moved[1]["hours_to_contact"].to_list() == [30, 30]
