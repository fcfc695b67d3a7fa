"""Orders: what is bought, at what price, when it arrives, and whether it is cancelled or refunded.

Here: purchases, baskets, delivery, cancellations, refunds, exchange rates. Not here: who buys (people).
"""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl
from scipy.special import ndtr

from pipelines.simulate.history import DAY, HOUR, Calendar, Flags, Ints
from pipelines.simulate.truth.parameters import CATEGORIES, CATEGORY_SHARES, COUNTRIES, VAT, Parameters

PRODUCTS = 30  # in each category, from the cheapest to the most expensive
MAX_PURCHASES = 80  # of one person: bounds memory, never reached in practice
PENCE_PER_CENT = 0.88  # list prices in pounds
CATEGORY_PRICES = (2600, 3800, 3600, 3900, 3400, 2800)  # median list price, cents
PROMISE_DAYS = (3, 4, 5, 3, 5, 5, 3, 6)  # by country


def draw_purchases(people: pl.DataFrame, calendar: Calendar, rng: np.random.Generator) -> tuple[pl.DataFrame, Flags]:
    """Who orders when (exponential waits, with a chance of leaving after every purchase), and who has not left."""
    buyers = people.filter(~pl.col("is_prospect"))
    lives = np.minimum(rng.geometric(buyers["dropout"].to_numpy()), MAX_PURCHASES)
    who = np.repeat(np.arange(len(buyers)), lives)
    first = lives.cumsum() - lives
    waits = rng.standard_exponential(len(who)) * 365.25 / buyers["rate"].to_numpy()[who]
    waits[first] = 0
    waited = waits.cumsum()
    moment = buyers["arrival"].to_numpy()[who] + waited - waited[first][who]
    happened = moment < calendar.days
    alive = np.zeros(len(people), dtype=np.bool_)
    alive[: len(buyers)] = np.bincount(who, weights=happened, minlength=len(buyers)) < lives
    day = np.floor(moment[happened]).astype(np.int64)
    second = 6 * HOUR + (rng.beta(2.2, 1.6, len(day)) * 16.4 * HOUR).astype(np.int64)
    frame = pl.DataFrame({"person": who[happened], "ordered_at": calendar.midnights[day] + second})
    return frame.sort("ordered_at", "person").with_row_index("order").cast({"order": pl.Int64}), alive


def draw_products() -> pl.DataFrame:
    """The catalogue, the same in every shop, so that two seeds differ only in their people."""
    number = np.arange(len(CATEGORIES) * PRODUCTS)
    category, rank = number // PRODUCTS, number % PRODUCTS
    spread = np.exp(0.3 * np.linspace(-1.9, 1.9, PRODUCTS))[rank]
    cents = (np.array(CATEGORY_PRICES)[category] * spread / 100).round().astype(np.int64) * 100 - 10
    names = ("Lamp", "Kettle", "Scarf", "Basket", "Puzzle", "Mirror", "Clock", "Bottle", "Brush", "Cushion")
    series = ("Alba", "Bora", "Cima")
    return pl.DataFrame(
        {
            "product": number,
            "category": category,
            "price": cents,
            "name": [f"{CATEGORIES[n // PRODUCTS]} / {series[n % 3]} {names[n % PRODUCTS % 10]}" for n in number],
            "sku": [f"{CATEGORIES[n // PRODUCTS][:3].upper()}-{n + 1:05d}" for n in number],
            "brand": [("Northwind", "Fabrikam", "Contoso", "Litware", "Proseware")[n % 5] for n in number],
        }
    )


def _lines(
    orders: pl.DataFrame, people: pl.DataFrame, products: pl.DataFrame, p: Parameters, rng: np.random.Generator
) -> pl.DataFrame:
    """What is in the baskets; price rank partly follows the customer's taste."""
    count = len(orders)
    who = orders["person"].to_numpy()
    favourite = people["favourite"].to_numpy()[who]
    main = np.where(rng.random(count) < 0.5, favourite, rng.choice(len(CATEGORIES), count, p=CATEGORY_SHARES))
    sizes = 1 + np.minimum(rng.poisson(0.6, count), 5)
    order = np.repeat(np.arange(count), sizes)
    position = np.arange(len(order)) - np.repeat(sizes.cumsum() - sizes, sizes)
    stray = (position > 0) & (rng.random(len(order)) < 0.3)
    category = np.where(stray, rng.choice(len(CATEGORIES), len(order), p=CATEGORY_SHARES), main[order])
    liking = np.sqrt(p.taste) * people["taste"].to_numpy()[who][order]
    liking += np.sqrt(1 - p.taste) * rng.standard_normal(len(order))
    rank = np.minimum((ndtr(liking) * PRODUCTS).astype(np.int64), PRODUCTS - 1)
    product = category * PRODUCTS + rank
    price = products["price"].to_numpy()[product]
    british = people["country"].to_numpy()[who][order] == COUNTRIES.index("GB")
    return pl.DataFrame(
        {
            "order": order,
            "position": position,
            "product": product,
            "category": category,
            "quantity": np.minimum(rng.geometric(0.85, len(order)), 6),
            "price": np.where(british, (price * PENCE_PER_CENT).round().astype(np.int64), price),
        }
    )


def draw_orders(
    purchases: pl.DataFrame,
    people: pl.DataFrame,
    products: pl.DataFrame,
    *,
    calendar: Calendar,
    p: Parameters,
    rng: np.random.Generator,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Orders with money, delivery, cancellation and refund by the end; and their lines."""
    lines = _lines(purchases, people, products, p, rng)
    value = (lines["price"] * lines["quantity"]).to_numpy()
    order = lines["order"].to_numpy()
    count, kinds = len(purchases), len(CATEGORIES)
    by_category = np.bincount(order * kinds + lines["category"].to_numpy(), value, count * kinds).reshape(-1, kinds)
    goods = by_category.sum(axis=1).astype(np.int64)
    discount = np.where(rng.random(count) < p.discount_share, (goods * 0.1).round().astype(np.int64), 0)
    shipping = np.where(goods - discount < 6000, 490, 0)
    total = goods - discount + shipping
    country = people["country"].to_numpy()[purchases["person"].to_numpy()]
    vat = np.array(VAT)[country]
    frame = purchases.with_columns(
        country=pl.Series(country),
        is_guest=people["is_guest"].gather(purchases["person"]),
        category=pl.Series(by_category.argmax(axis=1)),
        goods=pl.Series(goods),
        discount=pl.Series(discount),
        shipping=pl.Series(shipping),
        total=pl.Series(total),
        tax=pl.Series((total * vat / (1 + vat)).round().astype(np.int64)),
    )
    fate = _fate(purchases["ordered_at"].to_numpy(), total, calendar, p, rng)
    delivery = _delivery(purchases["ordered_at"].to_numpy(), country, calendar, p, rng)
    # Cancelled orders are never delivered.
    gone = pl.col("cancelled_at").is_not_null()
    times = [pl.when(~gone).then(name).alias(name) for name in ("fulfilled_at", "delivered_at", "felt_delivered_at")]
    frame = pl.concat([frame, fate, delivery], how="horizontal").with_columns(*times, is_late=pl.col("is_late") & ~gone)
    return frame, lines


def _fate(ordered_at: Ints, total: Ints, calendar: Calendar, p: Parameters, rng: np.random.Generator) -> pl.DataFrame:
    """Cancellations and refunds by the end."""
    count = len(ordered_at)
    fate = rng.random(count)
    cancelled_at = ordered_at + HOUR + rng.integers(0, 20 * HOUR, count)
    refunded_at = ordered_at + 15 * DAY + rng.integers(0, 25 * DAY, count)
    cancelled = (fate < p.cancelled) & (cancelled_at < calendar.end_at)
    repaid = cancelled & (rng.random(count) < 0.5)
    returned = (fate >= p.cancelled) & (refunded_at < calendar.end_at)
    fully = returned & (fate < p.cancelled + p.refunded)
    partly = returned & ~fully & (fate < p.cancelled + p.refunded + p.partly_refunded)
    part = (total * rng.uniform(0.1, 0.6, count)).round().astype(np.int64)
    status = np.select([cancelled & ~repaid, repaid | fully, partly], [1, 2, 3], 0)
    return pl.DataFrame(
        {
            "cancelled_at": pl.select(pl.when(pl.Series(cancelled)).then(pl.Series(cancelled_at))).to_series(),
            "refunded": np.select([repaid | fully, partly], [total, part], 0),
            "status": pl.Series(["paid", "voided", "refunded", "partially_refunded"]).gather(status),
            "counts": ~cancelled & ~fully,
        }
    )


def _delivery(
    ordered_at: Ints, country: Ints, calendar: Calendar, p: Parameters, rng: np.random.Generator
) -> pl.DataFrame:
    """Promise and delivery: `felt_delivered_at` as the customer sees it, `delivered_at` as recorded by the end."""
    count = len(ordered_at)
    day = calendar.day(ordered_at)
    promised = day + np.array(PROMISE_DAYS)[country]
    untracked = rng.random(count) < p.untracked
    late = (rng.random(count) < p.late) & ~untracked
    delay = np.where(late, np.minimum(rng.geometric(0.35, count), 20), -rng.integers(0, 3, count))
    arrived = np.maximum(promised + delay, day + 1)
    fulfilled_at = np.minimum(ordered_at + 6 * HOUR + rng.integers(0, 34 * HOUR, count), calendar.midnights[arrived])
    delivered_at = calendar.midnights[arrived] + 9 * HOUR + rng.integers(0, 11 * HOUR, count)
    return pl.DataFrame(
        {
            "promised_day": promised,
            "fulfilled_at": fulfilled_at,
            "felt_delivered_at": delivered_at,
            "delivered_at": delivered_at,
            "is_late": late & (delivered_at < calendar.end_at),
            "untracked": untracked,
        }
    ).with_columns(
        fulfilled_at=pl.when(pl.col("fulfilled_at") < calendar.end_at).then("fulfilled_at"),
        delivered_at=pl.when((pl.col("delivered_at") < calendar.end_at) & ~pl.col("untracked")).then("delivered_at"),
    )


def draw_rates(calendar: Calendar, rng: np.random.Generator) -> pl.DataFrame:
    """Pounds per euro on every weekday, from a week before the history."""
    days = [calendar.start + timedelta(days=n) for n in range(-7, calendar.days)]
    steps = rng.standard_normal(len(days)) * 0.002
    rates = []
    rate = 0.86
    for step in steps:  # each rate depends on the one before
        rate += step + 0.02 * (0.86 - rate)
        rates.append(round(rate, 5))
    frame = pl.DataFrame({"date": days, "rate": rates})
    return frame.filter(pl.col("date").dt.weekday() <= 5)


def in_euros(orders: pl.DataFrame, rates: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Money in the reporting currency, at the last rate on or before the order's day; cents rounded half up."""
    days = pl.DataFrame({"date": calendar.dates}).join_asof(rates, on="date", strategy="backward")
    day = calendar.day(orders["ordered_at"].to_numpy())
    british = (orders["country"] == COUNTRIES.index("GB")).to_numpy()
    rate = np.where(british, days["rate"].to_numpy()[day], 1.0)
    gross = np.floor(orders["total"].to_numpy() / rate + 0.5).astype(np.int64)
    refunded = np.floor(orders["refunded"].to_numpy() / rate + 0.5).astype(np.int64)
    return orders.with_columns(
        day=pl.Series(day),
        gross_eur=pl.Series(gross),
        refunded_eur=pl.Series(refunded),
        net_eur=pl.select(
            pl.when(orders["cancelled_at"].is_null()).then(pl.Series(gross - refunded)).otherwise(0)
        ).to_series(),
    )
