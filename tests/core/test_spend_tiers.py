"""core.spend_tiers and the dimension spend_tier: the top tenth of the year's buyers, when the month began."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest
from core.vault import at, order, response

ANSWERED = at("2025-06-30 12:00")
DAY = timedelta(days=1)


@pytest.mark.first(2)
@pytest.mark.parametrize("buyers", [1, 9, 10, 11, 20, 21, 57])
def test_top_decile_is_a_tenth(shop, buyers):
    made = shop(
        *(order(f"{number}", f"{number}", "2025-05-01", f"{number}") for number in range(1, buyers + 1)),
        *(response(f"{number}", f"{number}", "2025-06-01") for number in range(1, buyers + 1)),
    )
    top = {int(name) for name, tier in made.segments("spend_tier").items() if tier == "top_decile"}
    tenth = -(-buyers // 10)
    assert top == set(range(buyers - tenth + 1, buyers + 1))
    assert made.rows("core.spend_tiers") == [(date(2025, 6, 1), buyers, Decimal(buyers - tenth + 1))]


def brute_spend_tiers(orders, answers):
    """Tier by answer and tiers by month, computed with loops. orders: (who, day, gross, refund, refunded on)."""
    tiers, tier_of_answer = {}, {}
    for name, person, day in answers:
        month = day.replace(day=1)
        spent, counting = {}, set()
        for buyer, ordered, gross, refund, refunded in orders:
            if timedelta(0) < month - ordered <= timedelta(365):
                deducted = refund if refunded is None or refunded < month else 0
                spent[buyer] = spent.get(buyer, 0) + gross - deducted
                if deducted < gross:
                    counting.add(buyer)
        spent = {buyer: amount for buyer, amount in spent.items() if buyer in counting}
        if spent:
            ranked = sorted(spent.values(), reverse=True)
            tiers[month] = (len(ranked), ranked[-(-len(ranked) // 10) - 1])
        has_tier = person and spent
        is_top = has_tier and person in spent and spent[person] >= tiers[month][1]
        tier_of_answer[name] = ("top_decile" if is_top else "rest") if has_tier else "unknown"
    return tier_of_answer, tiers


@pytest.mark.first(1)
@pytest.mark.parametrize("seed", range(3))
def test_spend_tier_agrees_with_loops(shop, seed):
    rng = Random(seed)
    people = [f"p{number}" for number in range(25)]
    orders = []
    for _ in range(80):
        day = date(2024, 1, 1) + rng.randint(0, 500) * DAY
        gross = Decimal(rng.choice([5, 10, 20, 40]))
        refund = rng.choice([Decimal(0), Decimal(0), gross, Decimal(3)])
        orders.append((rng.choice(people), day, gross, refund, rng.choice([None, day + rng.randint(0, 100) * DAY])))
    answers = [
        (f"r{number}", rng.choice([*people, None]), date(2024, 1, 15) + rng.randint(0, 600) * DAY)
        for number in range(60)
    ]

    def landed(part):
        return [
            *(
                order(
                    f"{number}", person, at(str(day)), gross, refunded=refund, refunded_at=back and at(str(back)),
                )
                for number, (person, day, gross, refund, back) in enumerate(orders)
                if number % 2 == part
            ),
            *(
                response(name, person, at(str(day)))
                for number, (name, person, day) in enumerate(answers)
                if number % 2 == part
            ),
            order(f"cancelled {part}", people[part], "2024-06-01", "1000", status="cancelled"),
        ]  # fmt: skip

    made = shop(*landed(0)).add(*landed(1))
    expected, tiers = brute_spend_tiers(orders, answers)
    assert made.segments("spend_tier") == expected
    assert made.rows("core.spend_tiers") == sorted((month, *tier) for month, tier in tiers.items())


def test_who_was_refunded_in_full_by_then_has_not_bought(shop):
    made = shop(
        *(order(f"{number}", f"{number}@x.test", "2025-05-01", f"{number}") for number in range(1, 13)),
        response("a", "12@x.test", "2025-06-15"),
        response("b", "12@x.test", "2025-08-15"),
    )
    assert made.rows("core.spend_tiers", "month, customers") == [(date(2025, 6, 1), 12), (date(2025, 8, 1), 12)]
    refunded = {"refunded": "1", "refunded_at": "2025-07-01", "updated_at": "2025-07-01"}
    made.add(order("1", "1@x.test", "2025-05-01", "1", **refunded))
    assert made.rows("core.spend_tiers", "month, customers, top_decile_from") == [
        (date(2025, 6, 1), 12, 11),
        (date(2025, 8, 1), 11, 11),
    ]


def test_spend_tier_of_people_whom_nothing_touched_follows_the_tiers(shop):
    made = shop(
        order("1", "a@x.test", "2025-05-01", "10"),
        order("2", "b@x.test", "2025-05-01", "20"),
        response("a", "a@x.test", "2025-06-01"),
        response("b", "b@x.test", "2025-06-01"),
    )
    assert made.segments("spend_tier") == {"a": "rest", "b": "top_decile"}
    made.add(order("3", "c@x.test", "2025-05-02", "30"))
    assert made.conformed.people == 1
    assert made.segments("spend_tier") == {"a": "rest", "b": "rest"}
    segments = [row for row in made.changes() if row[0] == "core.response_segments"]
    assert segments == [("core.response_segments", None, date(2025, 6, 1), 1)]
