"""core.rfm_edges and the dimension rfm_group: where a customer stood among the year's buyers when the month began."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from core.vault import at, order, response

from pipelines.core.conform import conform
from pipelines.rfm_groups import CELLS, SHIPPED, read_groups
from pipelines.settings import Settings

DAY = timedelta(days=1)
MEASURES = ("recency", "frequency", "money")
NAMES = dict(zip(CELLS, read_groups(SHIPPED), strict=True))
OWN = """rfm_group,recency_from,recency_to,frequency_from,frequency_to,money_from,money_to
often,1,5,4,5,1,5
everybody else,1,5,1,5,1,5
"""


def quintile(value, values):
    """ceil(5 x the share at or below, ties at their mean rank)."""
    below, ties = sum(one < value for one in values), sum(one == value for one in values)
    doubled = 2 * below + ties + 1
    return -(-5 * doubled // (2 * len(values)))


def brute(orders, answers):
    """Group by answer and edges by month, with loops. orders: (who, day, gross, refund, refunded on)."""
    edges, groups = {}, {}
    for name, person, day in answers:
        month = day.replace(day=1)
        standing = {}
        for buyer, ordered, gross, refund, refunded in orders:
            if timedelta(0) < month - ordered <= timedelta(365):
                deducted = refund if refunded is None or refunded < month else 0
                days, money = standing.setdefault(buyer, ([], []))
                money.append(gross - deducted)
                if deducted < gross:
                    days.append(ordered)
        measured = {who: (max(days), len(days), sum(money)) for who, (days, money) in standing.items() if days}
        columns = list(zip(*measured.values(), strict=True))
        if measured:
            edges[month] = [
                min((value for value in column if quintile(value, column) >= number), default=None)
                for column in columns
                for number in (2, 3, 4, 5)
            ]
        if not person or not measured:
            groups[name] = "unknown"
        elif person not in measured:
            groups[name] = "no_order"
        else:
            cell = tuple(quintile(value, column) for value, column in zip(measured[person], columns, strict=True))
            groups[name] = NAMES[cell]
    return groups, edges


def drawn(rng):
    people = [f"p{number}" for number in range(25)]
    orders = []
    for _ in range(90):
        day = date(2024, 1, 1) + rng.randint(0, 500) * DAY
        gross = Decimal(rng.choice([5, 10, 20, 40]))
        refund = rng.choice([Decimal(0), Decimal(0), gross, Decimal(3)])
        orders.append((rng.choice(people), day, gross, refund, rng.choice([None, day + rng.randint(0, 100) * DAY])))
    answers = [
        (f"r{number}", rng.choice([*people, "nobody", None]), date(2024, 1, 15) + rng.randint(0, 600) * DAY)
        for number in range(60)
    ]
    return orders, answers


@pytest.mark.first(1)
@pytest.mark.parametrize("seed", range(3))
def test_groups_and_edges_agree_with_loops_in_pieces_too(shop, seed):
    rng = Random(seed)
    orders, answers = drawn(rng)
    pieces = [[], [], []]
    for number, (person, day, gross, refund, back) in enumerate(orders):
        money = {"refunded": refund, "refunded_at": back and at(str(back))}
        pieces[rng.randrange(3)].append(order(f"{number}", person, at(str(day)), gross, **money))
    for name, person, day in answers:
        pieces[rng.randrange(3)].append(response(name, person, at(str(day))))
    pieces[0].append(order("cancelled", "p1", "2024-06-01", "1000", status="cancelled"))
    made = shop(*pieces[0])
    for piece in pieces[1:]:
        made.add(*piece)
    groups, edges = brute(orders, answers)
    assert made.segments("rfm_group") == groups
    assert {group for group in groups.values() if group not in {"unknown", "no_order"}} > {"champions"}
    shown = ", ".join(f"{measure}_{number}_from" for measure in MEASURES for number in (2, 3, 4, 5))
    assert made.rows("core.rfm_edges", f"month, {shown}") == sorted((month, *row) for month, row in edges.items())


def test_people_whom_nothing_touched_follow_the_edges(shop):
    made = shop(
        *(order(f"{number}", f"p{number}@x.test", "2025-05-01", "10") for number in range(5)),
        response("a", "p0@x.test", "2025-06-01"),
    )
    before = made.segments("rfm_group")
    made.add(*(order(f"more {number}", f"q{number}@x.test", "2025-05-20", "90") for number in range(20)))
    assert made.conformed.people == 20
    after = made.segments("rfm_group")
    assert (before, after) == ({"a": NAMES[3, 3, 3]}, {"a": NAMES[1, 3, 1]})
    segments = [row for row in made.changes() if row[0] == "core.response_segments"]
    assert segments == [("core.response_segments", None, date(2025, 6, 1), 1)]


def test_a_refund_of_a_later_month_moves_no_month_before_it(shop):
    orders = [order(f"{number}", f"p{number}@x.test", "2025-05-01", str(10 + number)) for number in range(5)]
    made = shop(*orders, response("a", "p4@x.test", "2025-06-01"), response("b", "p4@x.test", "2025-08-01"))
    june = made.rows("core.rfm_edges", where="month = '2025-06-01'")
    made.add(
        order(
            "4",
            "p4@x.test",
            "2025-05-01",
            "14",
            refunded="14",
            refunded_at=at("2025-07-10"),
            updated_at=at("2025-07-10"),
        )
    )
    assert [row[2] for row in made.changes() if row[0] == "core.rfm_edges"] == [date(2025, 8, 1)]
    assert made.rows("core.rfm_edges", where="month = '2025-06-01'") == june
    assert made.rows("core.rfm_edges", "month, customers") == [(date(2025, 6, 1), 5), (date(2025, 8, 1), 4)]
    assert made.segments("rfm_group")["b"] == "no_order"


def test_the_operators_groups_restate(shop):
    made = shop(
        *(order(f"{number}", f"p{number % 5}@x.test", f"2025-05-{1 + number:02}", "10") for number in range(7)),
        response("a", "p0@x.test", "2025-06-01"),
        response("b", "p4@x.test", "2025-06-01"),
    )
    (made.settings.home / "rfm_groups.csv").write_text(OWN, encoding="utf-8")
    settings = Settings(home=made.settings.home, salt=made.settings.salt, as_of=made.settings.as_of)
    assert conform(made.connection, settings).people is None
    assert made.segments("rfm_group") == {"a": "often", "b": "everybody else"}
