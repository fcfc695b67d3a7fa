"""Small random shops in which everything collides: few people, few orders, few instants, many versions.

Here: the records and how they fall into files and loads. Not here: what must hold of them.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from core.vault import at, customer, file, follow_up, invitation, line, order, rate, referral, response, review

EMAILS = [f"{letter}@shop.test" for letter in "abcdef"]
NUMBERS = ["1", "2", "3", "4"]
SOURCES = ["canonical", "shopify"]
ORDER_IDS = ["1", "2", "3", "4", "5"]
KEYS = ["1", "2", "#3", "shopify:1", "shopify:2", "4", "#1", " 5 ", "SHOPIFY:3", "9"]
CURRENCIES = ["EUR", "USD", None]
STAGES = [None, None, None, "relational", "post_delivery"]
START = at("2024-01-05 12:00")
# Chosen so that two instants are often exactly 60, 90 or 365 days apart, as in the rules.
STEPS = [0, 1, 7, 8, 30, 60, 61, 90, 91, 180, 365, 366, 400]


def instant(rng: Random):
    return START + timedelta(days=rng.choice(STEPS) + rng.choice([0, 0, 30, 60, 90]), hours=rng.choice([0, 0, 0, 11]))


def maybe(rng: Random, value, share=0.5):
    return value if rng.random() < share else None


def person(rng: Random):
    """An address, an id, both (which makes them one person) or nobody."""
    email, number = rng.choice(EMAILS), rng.choice(NUMBERS)
    return rng.choices([email, number, (email, number), None], [5, 3, 2, 1])[0]


def money(rng: Random):
    return Decimal(rng.choice(["0", "10", "19.99", "25", "50", "100.005", "250", "-5"]))


def an_order(rng: Random):
    total = money(rng)
    return order(
        rng.choice(ORDER_IDS),
        person(rng),
        instant(rng),
        total,
        currency=rng.choice(CURRENCIES),
        status=rng.choice([None, "paid", "Cancelled", "refunded"]),
        refunded=rng.choice([None, None, total, Decimal(1)]),
        refunded_at=maybe(rng, instant(rng)),
        is_guest=rng.choice([None, True, False]),
        country=rng.choice([None, "FR", "DE"]),
        promised_at=maybe(rng, instant(rng)),
        delivered_at=maybe(rng, instant(rng)),
        updated_at=maybe(rng, instant(rng), 0.3),
        order_number=maybe(rng, rng.choice(["#1", "2", "#9", "5"]), 0.4),
    )


def a_line(rng: Random):
    return line(
        rng.choice(ORDER_IDS),
        rng.choice("12"),
        Decimal(rng.choice(["0", "1", "2", "-1"])),
        rng.choice([None, Decimal("0"), Decimal("3.33"), Decimal("10")]),
        product_category=rng.choice([None, "shoes", "hats"]),
        brand=rng.choice([None, "Acme", "Brio"]),
    )


def an_answer(rng: Random):
    # Some are repeated clicks of one person: ten minutes apart they are one answer, eleven minutes apart two.
    responded_at = instant(rng) + timedelta(minutes=rng.choice([0, 0, 8, 10, 16, 21]))
    return response(
        rng.choice("12345678"),
        person(rng),
        responded_at,
        rng.randint(0, 10),
        stage=rng.choice(STAGES),
        order_id=maybe(rng, rng.choice(KEYS)),
        invited_at=maybe(rng, responded_at - timedelta(days=rng.choice([0, 5, 30]))),
        comment=maybe(rng, "fine"),
        survey=rng.choice([None, "June", "July"]),
        updated_at=maybe(rng, instant(rng), 0.3),
        answers=maybe(rng, {"Why?": rng.choice(["price", "speed"])}),
    )


def an_account(rng: Random):
    return customer(
        person(rng) or rng.choice(EMAILS),
        registered_at=maybe(rng, instant(rng)),
        country=rng.choice([None, "IT", "ES"]),
        tier=rng.choice([None, "gold", "silver"]),
        updated_at=maybe(rng, instant(rng), 0.5),
    )


def a_referral(rng: Random):
    return referral(
        rng.choice("12345"),
        rng.choice(EMAILS),
        rng.choice(EMAILS),
        instant(rng),
        reward_cost=maybe(rng, Decimal(5)),
        currency=rng.choice(CURRENCIES),
        updated_at=maybe(rng, instant(rng), 0.2),
    )


def a_rate(rng: Random):
    day: date = (instant(rng) - timedelta(days=rng.choice([0, 6, 7, 8]))).date()
    return rate(day.isoformat(), "USD", Decimal(rng.choice(["2", "1.25", "1"])))


def an_invitation(rng: Random):
    return invitation(
        rng.choice("123"),
        person(rng),
        instant(rng),
        survey=rng.choice([None, "June", "july"]),
        delivered=rng.choice([None, True, False]),
        bounced=rng.choice([None, True, False]),
        updated_at=maybe(rng, instant(rng), 0.3),
    )


def a_follow_up(rng: Random):
    contacted_at = instant(rng)
    return follow_up(
        rng.choice("12345678"),
        contacted_at,
        resolved_at=maybe(rng, contacted_at + timedelta(days=rng.choice([0, 1, 40]))),
        owner=rng.choice([None, "care", "Bo@shop.test"]),
        outcome=rng.choice([None, "refund"]),
        note=maybe(rng, "called"),
        is_dated=rng.choice([None, None, True, False]),
        updated_at=maybe(rng, instant(rng), 0.3),
    )


def a_review(rng: Random):
    return review(person(rng) or rng.choice(EMAILS), instant(rng))


MAKERS = [
    *[an_order] * 3,
    *[an_answer] * 3,
    a_line,
    an_account,
    a_referral,
    a_rate,
    *[an_invitation] * 2,
    *[a_follow_up] * 2,
    a_review,
]


def files(rng: Random):
    """Files of a shop; some records are in two of them."""
    made = []
    for _ in range(rng.randint(2, 10)):
        maker = rng.choice([None, *MAKERS])
        records = [(maker or rng.choice(MAKERS))(rng) for _ in range(rng.randint(1, 6))]
        if made and rng.random() < 0.3:
            records.append(rng.choice(rng.choice(made).records))
        made.append(file(*records, source=rng.choice(SOURCES)))
    return list({one.file_id: one for one in made}.values())


def loads(rng: Random, landed):
    """The files in random order, cut into one to six loads."""
    shuffled = rng.sample(landed, len(landed))
    cuts = sorted(rng.randint(0, len(shuffled)) for _ in range(rng.randint(0, 5)))
    parts = [shuffled[low:high] for low, high in zip([0, *cuts], [*cuts, len(shuffled)], strict=True)]
    return [part for part in parts if part]
