"""loop.contacts on invitations made by hand."""

from __future__ import annotations

import polars as pl
import pytest
from loop.people import INSTANT, at, day, noon

from pipelines.loop.contacts import contacts
from pipelines.periods import Span, Window, next_month
from pipelines.settings import Settings

ANSWERS = {"response": pl.UInt64, "customer": pl.UInt64, "day": pl.Date}
INVITATIONS = ANSWERS | {
    "invited_at": INSTANT,
    "is_delivered": pl.Boolean,
    "is_bounced": pl.Boolean,
    "unsubscribed_at": INSTANT,
}


def counted(invitations, answers=(), month="2025-06-01", clock="2025-08-01"):
    """Rows of a month: surveys, customers, invitations, broken rules, answered.

    invitations: customer, day and what else is known; answers: number, customer, day.
    """
    sent = [
        {"customer": who, "day": day(when), "invited_at": noon(day(when)), **values}
        for who, when, values in invitations
    ]
    heard = [(number, who, day(when)) for number, who, when in answers]
    found = contacts(
        pl.DataFrame(heard, ANSWERS, orient="row").lazy(),
        pl.DataFrame(sent, INVITATIONS).lazy(),
        span=Span(Window(day(month), next_month(day(month))), at(clock)),
        settings=Settings(),
    )
    return found.select("surveys", "customers", "invitations", "broken_rules", "answered").rows()


def test_how_many_surveys_of_a_year_it_was():
    invitations = [(1, "2024-06-05", {}), (1, "2024-06-06", {}), (1, "2025-01-05", {}), (1, "2025-06-05", {})]
    # A year before the day is out; the day after it is not.
    assert counted([*invitations, (2, "2025-06-20", {})]) == [(1, 1, 1, 0, 0), (3, 1, 1, 0, 0)]


def test_the_sixth_and_later_ones_share_a_row():
    assert counted([(1, f"2025-06-{number:02}", {}) for number in range(1, 9)]) == [
        *((number, 1, 1, int(number > 1), 0) for number in range(1, 6)),
        (6, 1, 3, 3, 0),
    ]


@pytest.mark.parametrize(
    ("earlier", "heard", "broken"),
    [
        ([], [], 0),
        ([(1, "2025-03-10", {})], [], 1),
        ([(1, "2025-03-07", {})], [], 0),
        ([], [(1, 1, "2025-05-01")], 1),
        ([], [(1, 2, "2025-05-01")], 0),
        ([(1, "2024-01-01", {"unsubscribed_at": noon(day("2025-06-04"))})], [], 1),
        ([(1, "2024-01-01", {"unsubscribed_at": noon(day("2025-06-05"))})], [], 0),
        ([(1, "2025-01-01", {"is_bounced": True})], [], 1),
        ([(1, "2025-01-01", {"is_bounced": True}), (1, "2025-02-01", {"is_delivered": True})], [], 0),
    ],
)
def test_which_invitations_broke_a_rule(earlier, heard, broken):
    rows = counted([*earlier, (1, "2025-06-05", {})], heard)
    assert [row[2:4] for row in rows] == [(1, broken)]


def test_an_answer_counts_if_it_came_by_the_months_end():
    invitations = [(1, "2025-06-05", {"response": 11}), (2, "2025-06-29", {"response": 22}), (3, "2025-06-29", {})]
    answers = [(11, 1, "2025-06-30"), (22, 2, "2025-07-01")]
    assert counted(invitations, answers) == [(1, 3, 3, 0, 1)]


def test_nothing_later_than_the_month_counts():
    invitations = [(1, "2025-06-05", {"unsubscribed_at": noon(day("2025-07-01"))})]
    later = [(1, "2025-07-02", {"is_bounced": True}), (2, "2025-07-01", {})]
    assert counted([*invitations, *later], [(1, 1, "2025-07-03")]) == counted(invitations) == [(1, 1, 1, 0, 0)]
