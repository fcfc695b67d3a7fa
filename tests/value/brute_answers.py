"""Plain implementations of the tables by answer: one row at a time, one month at a time, in fractions."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from value.brute import CATEGORIES, money_and_counts, month_list, to_cent
from value.shop import ZONE, day

DAYS = timedelta(days=365)


def known_referrals(referrals, end, as_of):
    return [
        row
        for row in referrals
        if row["is_credited"]
        and row["advocate_id"]
        and row["friend_id"]
        and row["referred_at"] <= as_of
        and day(row["referred_at"]) < end
    ]


def year_after(answer, orders, referrals, end, as_of):
    """Own and referred money and counts of the 365 days after an answer."""
    until = answer["responded_at"] + DAYS

    def bought(customer):
        rows = [
            money_and_counts(order, end, as_of)
            for order in orders
            if order["customer_id"] == customer
            and order["ordered_at"] > answer["responded_at"]
            and order["ordered_at"] < until
            and not (customer == answer["customer_id"] and order["order_id"] == answer.get("order_id"))
        ]
        return sum((money for money, _ in rows), Fraction(0)), sum(counts for _, counts in rows)

    own, count = bought(answer["customer_id"])
    friends, referred, reward = Fraction(0), 0, Fraction(0)
    for row in known_referrals(referrals, end, as_of):
        if row["advocate_id"] != answer["customer_id"] or row["referred_at"] < answer["responded_at"]:
            continue
        if row["referred_at"] >= until:
            continue
        money, orders_of_friend = bought(row["friend_id"])
        if orders_of_friend:
            friends, referred, reward = friends + money, referred + 1, reward + Fraction(row["reward_cost"] or 0)
    return own, count, friends, referred, reward


def cohort(responses, end):
    """Customer -> the last answer given 365 to 730 days before the end."""
    chosen = {}
    for answer in sorted(responses, key=lambda row: (row["responded_at"], row["response_id"])):
        if answer["customer_id"] and end - 2 * DAYS <= answer["response_date"] < end - DAYS:
            chosen[answer["customer_id"]] = answer
    return chosen


def after_answer(orders, responses, referrals, span):
    rows = []
    for month, end in month_list(span):
        groups = defaultdict(list)
        for answer in cohort(responses, end).values():
            years = year_after(answer, orders, referrals, end, span.clock.as_of)
            groups[answer["category"], None].append(years)
            groups[answer["category"], answer["score"]].append(years)
        for (category, score), years in groups.items():
            size = len(years)
            rows.append(
                {
                    "month": month,
                    "category": category,
                    "score": score,
                    "customers": size,
                    "revenue_12m": to_cent(sum(row[0] for row in years) / size),
                    "orders_12m": sum(row[1] for row in years) / size,
                    "referred_customers_12m": sum(row[3] for row in years) / size,
                    "referral_revenue_12m": to_cent(sum(row[2] for row in years) / size),
                }
            )
    return sorted(
        rows,
        key=lambda row: (row["month"], CATEGORIES.index(row["category"]), -1 if row["score"] is None else row["score"]),
    )


def minus_two_years(end):
    try:
        return end.replace(year=end.year - 2)
    except ValueError:
        return date(end.year - 2, 2, 28)


def durations(orders, responses, span):
    """(month, category, score) -> pairs of whole days and whether the customer bought again on the last of them."""
    followed = defaultdict(list)
    year = timedelta(days=365)
    for month, end in month_list(span):
        midnight = datetime(end.year, end.month, end.day, tzinfo=ZoneInfo(ZONE))
        told_until = min(midnight, span.clock.as_of)
        for answer in responses:
            customer, at = answer["customer_id"], answer["responded_at"]
            if not customer or at > span.clock.as_of or not minus_two_years(end) <= answer["response_date"] < end:
                continue
            later = [
                row["responded_at"] for row in responses if row["customer_id"] == customer and row["responded_at"] > at
            ]
            until = min([told_until, at + year, *later])
            events = [
                order["ordered_at"]
                for order in orders
                if order["customer_id"] == customer
                and at < order["ordered_at"] < at + year
                and money_and_counts(order, end, span.clock.as_of)[1]
            ]
            event = min(events, default=None)
            happened = event is not None and event <= until
            days = min(((event if happened else until) - at) // timedelta(days=1), 364)
            for score in (None, answer["score"]):
                followed[month, answer["category"], score].append((days, happened))
    return followed


def repurchase_rate(pairs, horizon):
    """Kaplan-Meier by its definition, and how many were still followed at the start of the horizon's last day."""
    survival = Fraction(1)
    for now in sorted({days for days, _ in pairs if days < horizon}):
        at_risk = sum(days >= now for days, _ in pairs)
        survival *= 1 - Fraction(sum(days == now and event for days, event in pairs), at_risk)
    return 1 - survival, sum(days >= horizon - 1 for days, _ in pairs)
