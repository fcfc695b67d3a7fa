"""A second, plain implementation of the value tables: one row at a time, one month at a time, in fractions."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import numpy as np
from value.shop import day

from pipelines.periods import next_month
from pipelines.statistics.skewed_mean import skewed_mean_interval

CATEGORIES = ("promoter", "passive", "detractor", "unsurveyed")
UNCREDITED = "no_longer_credited"
REFERRAL_ENDS, TOTAL_ENDS = (
    tuple(f"{name}_value_{part}" for part in ("low", "high", "reason")) for name in ("referral", "total")
)


def to_cent(value):
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal("0.01"), ROUND_HALF_UP)


def month_list(span):
    month, months = span.months.start, []
    while month < span.months.end:
        if month <= span.clock.open_month:
            months.append((month, min(next_month(month), span.clock.cut)))
        month = next_month(month)
    return months


def money_and_counts(order, end, as_of):
    """What an order is worth by the end of a month, and whether it counts."""
    if order["customer_id"] is None or order["is_cancelled"] or order["gross"] is None:
        return Fraction(0), False
    if order["ordered_at"] > as_of or order["order_date"] >= end:
        return Fraction(0), False
    back = order["refunded"] or Decimal(0)
    when = order["refunded_at"]
    if when is not None and (when > as_of or day(when) >= end):
        back = Decimal(0)
    return Fraction(order["gross"] - back), order["gross"] >= 0 and not (back > 0 and back >= order["gross"])


def state(orders, responses, end, as_of):
    """Customer -> their state at the end of a month."""
    people = {}
    for customer in sorted({order["customer_id"] for order in orders if order["customer_id"]}):
        mine = [(order, *money_and_counts(order, end, as_of)) for order in orders if order["customer_id"] == customer]
        counted = [order["ordered_at"] for order, _, counts in mine if counts]
        if not counted:
            continue
        given = sorted(
            (answer["responded_at"], answer["response_id"], answer["category"])
            for answer in responses
            if answer["customer_id"] == customer and answer["response_date"] < end and answer["responded_at"] <= as_of
        )
        people[customer] = {
            "category": given[-1][2] if given else "unsurveyed",
            "answers": len(given),
            "orders": len(counted),
            "revenue": sum((money for _, money, _ in mine), Fraction(0)),
            "first": min(counted),
            "last": max(counted),
        }
    return people


def customers(orders, responses, span):
    rows = []
    for month, end in month_list(span):
        for customer, person in state(orders, responses, end, span.clock.as_of).items():
            last_day = end - timedelta(days=1)
            rows.append(
                {
                    "month": month,
                    "customer_id": customer,
                    "category": person["category"],
                    "orders": person["orders"],
                    "revenue": to_cent(person["revenue"]),
                    "average_order_value": to_cent(person["revenue"] / person["orders"]),
                    "first_order_at": person["first"],
                    "last_order_at": person["last"],
                    "recency_days": (last_day - day(person["last"])).days,
                    "tenure_days": (last_day - day(person["first"])).days,
                    "historic_value": to_cent(person["revenue"]),
                }
            )
    return rows


def interval(amounts, heads, confidence, *, can_be_negative):
    """Influence of each person on a ratio of amounts per head, to which people outside the group add amounts.

    The two ends and the reason why there are none.
    """
    if len(heads) < 2:
        return None, None, "fewer than two customers"
    if not amounts:
        return None, None, "no referral seen"
    ratio = sum(amounts.values()) / Fraction(len(heads))
    moved = [amounts.get(who, 0) - (ratio if who in heads else 0) for who in heads | set(amounts)]
    if len(set(moved)) == 1:
        return None, None, "all alike"
    plain = skewed_mean_interval(np.array([float(one) for one in moved]), confidence=confidence, can_be_negative=True)
    low, high = (float(ratio) + end * len(moved) / len(heads) for end in plain[:2])
    if not can_be_negative and all(amount >= 0 for amount in amounts.values()):
        low = max(low, 0.0)
    return low, high, None


def by_category(orders, responses, span, confidence):
    rows = []
    for month, end in month_list(span):
        people = list(state(orders, responses, end, span.clock.as_of).values())
        everything = sum((person["revenue"] for person in people), Fraction(0))
        for category in CATEGORIES:
            line = [person for person in people if person["category"] == category]
            if not line:
                continue
            revenue = sum(person["revenue"] for person in line)
            bought = sum(person["orders"] for person in line)
            amounts = {number: person["revenue"] for number, person in enumerate(line)}
            low, high, reason = interval(amounts, set(amounts), confidence, can_be_negative=False)
            rows.append(
                {
                    "month": month,
                    "category": category,
                    "customers": len(line),
                    "responses": sum(person["answers"] for person in line),
                    "orders_per_customer": bought / len(line),
                    "average_order_value": to_cent(revenue / bought),
                    "historic_value": to_cent(revenue / len(line)),
                    "historic_value_low": low,
                    "historic_value_high": high,
                    "historic_value_reason": reason,
                    "share_of_customers": len(line) / len(people),
                    "share_of_revenue": float(revenue / everything) if everything > 0 else None,
                }
            )
    return rows


def credits_at(referrals, responses, people, end, as_of):
    """(advocate, category, revenue, reward, friend, when) of every credited referral by the end of a month."""
    for referral in referrals:
        advocate, friend, when = referral["advocate_id"], referral["friend_id"], referral["referred_at"]
        if not referral["is_credited"] or advocate is None or friend not in people:
            continue
        if when > as_of or day(when) >= end:
            continue
        earlier = sorted(
            (answer["responded_at"], answer["response_id"], answer["category"])
            for answer in responses
            if answer["customer_id"] == advocate and answer["responded_at"] <= when
        )
        category = earlier[-1][2] if earlier else "unsurveyed"
        if earlier and when - earlier[-1][0] > timedelta(days=365):
            category = UNCREDITED
        if all(person["category"] != category for person in people.values()):
            category = UNCREDITED
        yield advocate, category, people[friend]["revenue"], Fraction(referral["reward_cost"] or 0), friend, when


def first_purchase(orders, friend, when, end, as_of):
    """Net amount of a friend's first order from the day of the referral on; without one, of the first order of all."""
    counted = []
    for order in orders:
        amount, counts = money_and_counts(order, end, as_of)
        if counts and order["customer_id"] == friend:
            counted.append((order["order_date"] < day(when), order["ordered_at"], order["order_id"], amount))
    return min(counted)[-1]


def promoter_value(orders, responses, referrals, span, confidence):
    rows = []
    for month, end in month_list(span):
        people = state(orders, responses, end, span.clock.as_of)
        given = list(credits_at(referrals, responses, people, end, span.clock.as_of))
        lines = []
        can_be_negative = any(entry[3] for entry in given)
        for category in [*CATEGORIES, UNCREDITED]:
            mine = [entry for entry in given if entry[1] == category]
            amounts = {who: person["revenue"] for who, person in people.items() if person["category"] == category}
            if category == UNCREDITED:
                amounts = {entry[0]: Fraction(0) for entry in mine}
            if not amounts:
                continue
            count = len(amounts)
            own, revenue, first, reward = (
                to_cent(total / count)
                for total in (
                    sum(amounts.values()),
                    sum((entry[2] for entry in mine), Fraction(0)),
                    sum((first_purchase(orders, *entry[4:], end, span.clock.as_of) for entry in mine), Fraction(0)),
                    sum((entry[3] for entry in mine), Fraction(0)),
                )
            )
            brought = defaultdict(Fraction)
            for advocate, _, money, cost, *_ in mine:
                brought[advocate] += money - cost
            both = {who: amounts.get(who, 0) + brought.get(who, 0) for who in amounts | brought}
            referral = interval(brought, set(amounts), confidence, can_be_negative=can_be_negative)
            total = interval(both, set(amounts), confidence, can_be_negative=can_be_negative)
            if category == UNCREDITED:
                referral = total = (None, None, None)
            lines.append(
                {
                    "month": month,
                    "category": category,
                    "customers": count,
                    "own_value": own,
                    "referred_customers": len(mine) / count,
                    "referral_revenue": revenue,
                    "first_referral_revenue": first,
                    "repeat_referral_revenue": revenue - first,
                    "reward_cost": reward,
                    "referral_value": revenue - reward,
                    **dict(zip(REFERRAL_ENDS, referral, strict=True)),
                    "total_value": own + revenue - reward,
                    **dict(zip(TOTAL_ENDS, total, strict=True)),
                }
            )
        totals = {line["category"]: line["total_value"] for line in lines}
        for line in lines:
            for other in ("passive", "detractor"):
                is_compared = other in totals and line["category"] != UNCREDITED
                line[f"difference_to_{other}"] = line["total_value"] - totals[other] if is_compared else None
        rows.extend(lines)
    return rows
