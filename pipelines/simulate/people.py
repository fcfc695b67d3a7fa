"""The shop's customers: latent traits, arrivals, recommendations, accounts.

Here: everything about a person that no order or answer changes. Not here: what they buy (orders) and answer (surveys).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import expit, logit

from pipelines.simulate import comments
from pipelines.simulate.history import HOUR, Calendar, Flags, cut_exponential
from pipelines.simulate.truth.parameters import CATEGORIES, CATEGORY_SHARES, COUNTRIES, Parameters

COUNTRY_SHARES = (0.06, 0.2, 0.09, 0.34, 0.12, 0.08, 0.07, 0.04)
SEASON = (0.8, 0.8, 0.9, 1.0, 1.05, 1.0, 0.85, 0.8, 0.95, 1.05, 1.4, 1.5)  # new customers, January to December
WEEKDAY = (1.1, 1.05, 1.0, 1.0, 0.95, 0.9, 1.2)
LANGUAGES = ("nl", "de", "es", "fr", "en", "it", "nl", "pt")  # by country; a few write English
FIRST_NAMES = (
    "Ada", "Bruno", "Clara", "Dario", "Elsa", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Katia", "Leon", "Marta",
    "Nils", "Olga", "Pablo", "Rosa", "Sven", "Tilda", "Victor",
)  # fmt: skip
LAST_NAMES = (
    "Sample", "Specimen", "Beispiel", "Exemple", "Ejemplo", "Esempio", "Voorbeeld", "Exemplo", "Tester", "Placeholder",
    "Mockford", "Fictus",
)  # fmt: skip


def draw_people(count: int, calendar: Calendar, p: Parameters, rng: np.random.Generator) -> pl.DataFrame:
    """Everybody with their latent traits and day of arrival, a fractional number."""
    months = np.array([(day.year - calendar.start.year) * 12 + day.month for day in calendar.dates])
    weights = (
        (1 + p.growth) ** months
        * np.array([SEASON[day.month - 1] for day in calendar.dates])
        * np.array([WEEKDAY[day.weekday()] for day in calendar.dates])
    )
    u = rng.standard_normal(count)
    prospect = np.arange(count) >= count - round(count * p.prospect_share)
    country = rng.choice(len(COUNTRIES), count, p=COUNTRY_SHARES)
    languages = np.array([comments.LANGUAGES.index(name) for name in LANGUAGES])[country]
    return pl.DataFrame(
        {
            "person": np.arange(count),
            "satisfaction": u,
            "country": country,
            "language": np.where(rng.random(count) < 0.05, comments.LANGUAGES.index("en"), languages),
            "is_prospect": prospect,
            "is_guest": (rng.random(count) < p.guest_share) & ~prospect,
            "arrival": rng.choice(calendar.days, count, p=weights / weights.sum()) + rng.random(count),
            "rate": rng.gamma(p.rate_shape, p.rate_mean / p.rate_shape, count) * np.exp(p.rate_per_satisfaction * u),
            "dropout": expit(logit(p.dropout) + p.dropout_per_satisfaction * u),
            "taste": rng.standard_normal(count),
            "favourite": rng.choice(len(CATEGORIES), count, p=CATEGORY_SHARES),
            "advocate": np.full(count, -1),
            "referred_on": np.full(count, -1),
        }
    )


def draw_recommended(people: pl.DataFrame, calendar: Calendar, p: Parameters, rng: np.random.Generator) -> pl.DataFrame:
    """Make some buyers arrive on another customer's recommendation, after the advocate's first order."""
    buyers = int((~people["is_prospect"]).sum())
    friends = np.arange(buyers - round(buyers * p.referred_share), buyers)
    advocates = np.arange(buyers - len(friends))
    arrival = people["arrival"].to_numpy().copy()
    # The recommendation comes at least a day after the advocate's arrival, the friend a day after that.
    left = np.maximum(calendar.days - arrival[advocates] - 4, 0)
    weight = np.exp(p.referral_per_satisfaction * people["satisfaction"].to_numpy()[advocates])
    weight *= -np.expm1(-left / p.referral_delay)
    if not len(friends) or not weight.sum():
        return people
    cumulated = weight.cumsum()
    chosen = np.minimum(np.searchsorted(cumulated, rng.random(len(friends)) * cumulated[-1]), len(advocates) - 1)
    referred_on = np.floor(arrival[chosen] + 1 + cut_exponential(p.referral_delay, left[chosen], rng))
    arrival[friends] = referred_on + 1 + cut_exponential(5.0, calendar.days - referred_on - 1, rng)
    advocate, day = np.full(len(people), -1), np.full(len(people), -1)
    advocate[friends], day[friends] = chosen, referred_on
    return people.with_columns(
        arrival=pl.Series(np.minimum(arrival, np.nextafter(calendar.days, 0))),
        advocate=pl.Series(advocate),
        referred_on=pl.Series(day),
    )


def with_accounts(
    people: pl.DataFrame, orders: pl.DataFrame, alive: Flags, calendar: Calendar, rng: np.random.Generator
) -> pl.DataFrame:
    """Add names, addresses and the fields of an account."""
    count = len(people)
    met = orders.group_by("person").agg(
        first_order_at=pl.col("ordered_at").min(), orders=pl.len(), counting=pl.col("counts").sum()
    )
    arrival = calendar.midnights[np.floor(people["arrival"].to_numpy()).astype(np.int64)] + 10 * HOUR
    first = pl.Series("first_name", FIRST_NAMES).gather(rng.integers(0, len(FIRST_NAMES), count))
    last = pl.Series("last_name", LAST_NAMES).gather(rng.integers(0, len(LAST_NAMES), count))
    domain = pl.Series("domain", ["com", "org", "net"]).gather(rng.integers(0, 3, count))
    frame = people.with_columns(
        first,
        last,
        domain,
        alive=pl.Series(alive),
        birth_year=pl.Series(rng.integers(1942, 2006, count)),
        gender=pl.Series(["female", "male", "diverse"]).gather(rng.choice(3, count, p=(0.55, 0.42, 0.03))),
        consent=pl.Series(rng.random(count) < 0.9),
        ahead=pl.Series(60 + rng.integers(0, 10 * HOUR // 2, count)),
        arrived_at=pl.Series(arrival),
    ).join(met, on="person", how="left", maintain_order="left")
    return frame.with_columns(
        pl.col("orders", "counting").fill_null(0),
        email=pl.format(
            "{}.{}{}@example.{}",
            pl.col("first_name").str.to_lowercase(),
            pl.col("last_name").str.to_lowercase(),
            pl.col("person") + 1,
            "domain",
        ),
        registered_at=pl.when(~pl.col("is_guest")).then(
            pl.coalesce(pl.col("first_order_at") - pl.col("ahead"), "arrived_at")
        ),
        tier=pl.when(pl.col("orders") >= 6)
        .then(pl.lit("gold"))
        .when(pl.col("orders") >= 3)
        .then(pl.lit("silver"))
        .otherwise(pl.lit("bronze")),
    ).drop("domain", "ahead", "arrived_at")


def draw_referrals(people: pl.DataFrame, calendar: Calendar, p: Parameters, rng: np.random.Generator) -> pl.DataFrame:
    """Recommendations: those whose friend came, and those still without an order."""
    friends = people.filter(pl.col("advocate") >= 0)
    bought = pl.DataFrame(
        {
            "advocate": friends["advocate"],
            "friend": friends["person"],
            "day": friends["referred_on"],
            "friend_email": friends["email"],
            "status": pl.select(
                pl.when(friends["counting"] > 0).then(pl.lit("completed")).otherwise(pl.lit("void"))
            ).to_series(),
        }
    )
    count = round(len(friends) * p.pending_referrals)
    some = np.sort(rng.integers(0, len(friends), count)) if count else np.zeros(0, dtype=np.int64)
    waiting = bought.select(
        pl.col("advocate").gather(some),
        friend=pl.lit(-1, dtype=pl.Int64),
        day=pl.col("day").gather(some),
        friend_email=pl.format("friend{}@example.net", pl.int_range(1, count + 1)) if count else pl.lit(""),
        status=pl.lit("pending"),
    ).head(count)
    frame = pl.concat([bought, waiting]).sort("day", "friend_email")
    morning = 8 * HOUR + rng.integers(0, 12 * HOUR, len(frame))
    return frame.with_row_index("number", 1).with_columns(
        referred_at=pl.Series(calendar.midnights[frame["day"].to_numpy()] + morning),
        reward=pl.when(pl.col("status") == "completed").then(p.reward).otherwise(0.0),
    )
