"""A simulated shop as core would hold it, and its planted means computed directly from its arrays.

Here: core's frames of a world, and the planted figures by category; in a shop of many customers they are those of the
parameters. Not here: anything from pipelines.value, so that the planted figures are independent of it.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from pipelines.calibrate.shop import core as tables_of
from pipelines.periods import Clock
from pipelines.settings import Settings
from pipelines.simulate.world import World, build

ZONE = "Europe/Paris"
END = date(2025, 6, 21)
CLOCK = Clock(datetime(2025, 6, 20, 23, 59, 59, 999_999, tzinfo=ZoneInfo(ZONE)), ZONE)
MONTHS = 30
ANSWERS = ("promoter", "passive", "detractor")
HORIZONS = (30, 60, 90, 180, 365)
DAY = 86_400
YEAR = 365
# Above any instant in seconds since 1970: person * SPAN + instant sorts by both.
SPAN = 1 << 33


def draw(customers: int, seed: int, *, more_months: int = 0) -> World:
    """A shop of 30 months, or of more after the same first day."""
    number = END.year * 12 + END.month - 1 + more_months
    end = date(number // 12, number % 12 + 1, END.day)
    return build(customers=customers, months=MONTHS + more_months, seed=seed, end=end, zone=ZONE)


def core(world: World) -> tuple[pl.LazyFrame, pl.LazyFrame, pl.LazyFrame]:
    """core.orders, core.responses and core.referrals of a world; its refunds have no date."""
    made = tables_of(world, Settings(timezone=ZONE))
    return made["core.orders"], made["core.responses"], made["core.referrals"]


class Planted:
    """The planted figures of a world in the order of ANSWERS, then of the people who never answered."""

    def __init__(self, world: World) -> None:
        self.world, self.count = world, len(world.people)
        orders, answers = world.orders, world.answers.filter(~pl.col("anonymous"))
        self.buyer, self.at = orders["person"].to_numpy(), orders["ordered_at"].to_numpy()
        self.net, self.counts = orders["net_eur"].to_numpy() / 100, orders["counts"].to_numpy()
        place = np.lexsort((answers["answered_at"].to_numpy(), answers["person"].to_numpy()))
        self.who, self.when = (answers[name].to_numpy()[place] for name in ("person", "answered_at"))
        self.said = answers["bucket"].to_numpy()[place]
        self.day = world.calendar.day(self.when)
        self.days = (END - world.calendar.start) // timedelta(days=1)

    def _said_by(self, people, instants):
        """Each person's last answer by the instant (3 without one), and its time."""
        places = np.searchsorted(self.who * SPAN + self.when, people * SPAN + instants, side="right") - 1
        answered = (places >= 0) & (self.who[places] == people)
        return np.where(answered, self.said[places], 3), np.where(answered, self.when[places], 0)

    def worth(self) -> dict[str, np.ndarray]:
        """Own value, referral value and both, per customer with an order that counts."""
        own = np.bincount(self.buyer, self.net, self.count)
        is_customer = np.bincount(self.buyer, self.counts, self.count) > 0
        people = np.arange(self.count)
        said, _ = self._said_by(people, np.full(self.count, SPAN - 1))
        customers = np.bincount(said[is_customer], minlength=4)
        made = self.world.referrals.filter(pl.col("friend") >= 0)
        friend, referred_at = made["friend"].to_numpy(), made["referred_at"].to_numpy()
        credit, at = self._said_by(made["advocate"].to_numpy(), referred_at)
        has = is_customer[friend] & ((credit == 3) | (referred_at - at <= YEAR * DAY))
        brought = np.bincount(credit[has], (own[friend] - made["reward"].to_numpy())[has], 4)
        mine = np.bincount(said[is_customer], own[is_customer], 4)
        return {
            "own_value": mine / customers,
            "referral_value": brought / customers,
            "total_value": (mine + brought) / customers,
        }

    def after_answer(self) -> np.ndarray:
        """Money of the 365 days after the last answer given 365 to 730 days before the end."""
        chosen = (self.day >= self.days - 2 * YEAR) & (self.day < self.days - YEAR)
        who, when, day, said = self.who[chosen], self.when[chosen], self.day[chosen], self.said[chosen]
        last = np.append(who[1:] != who[:-1], True)
        who, when, day, said = who[last], when[last], day[last], said[last]
        answer = np.full(self.count, -1)
        answer[who] = np.arange(len(who))
        of = answer[self.buyer]
        ordered_on = self.world.calendar.day(self.at)
        spent = (of >= 0) & (self.at > when[of]) & (ordered_on < day[of] + YEAR)
        money = np.bincount(of[spent], self.net[spent], len(who))
        return np.bincount(said, money, 3) / np.bincount(said, minlength=3)

    def product_limit(self) -> np.ndarray:
        """The same share as a product limit, following each answer until the next one, the end or a year.

        In whole days; an order at the very instant that ends the follow-up still counts.
        """
        assert self.world.calendar.days == self.days
        since = (END.replace(year=END.year - 2) - self.world.calendar.start).days
        chosen = np.flatnonzero((self.day >= since) & (self.day < self.days))
        who, when, said = self.who[chosen], self.when[chosen], self.said[chosen]
        follows = np.append(self.who[1:] == self.who[:-1], False)[chosen]
        until = np.minimum(self.world.calendar.end_at, when + YEAR * DAY)
        until = np.where(follows, np.minimum(until, np.append(self.when[1:], 0)[chosen]), until)
        keys = np.sort(self.buyer[self.counts] * SPAN + self.at[self.counts])
        following = np.append(keys, -1)[np.searchsorted(keys, who * SPAN + when, side="right")]
        bought = (following // SPAN == who) & (following % SPAN <= until)
        day = np.minimum((np.where(bought, following % SPAN, until) - when) // DAY, YEAR - 1)
        shares = []
        for category in range(3):
            mine = said == category
            events = np.bincount(day[mine & bought], minlength=YEAR)
            leaving = np.bincount(day[mine], minlength=YEAR)
            survival = np.cumprod(1 - events / np.maximum(leaving[::-1].cumsum()[::-1], 1))
            shares.append(1 - survival[np.array(HORIZONS) - 1])
        return np.array(shares).T

    def repurchase(self) -> np.ndarray:
        """Share with an order that counts within each of HORIZONS of an answer of the 24 months to the end.

        Everybody is followed to the horizon, so the world must extend a year beyond the end.
        """
        assert self.world.calendar.days >= self.days + YEAR
        since = (END.replace(year=END.year - 2) - self.world.calendar.start).days
        chosen = (self.day >= since) & (self.day < self.days)
        who, when, said = self.who[chosen], self.when[chosen], self.said[chosen]
        keys = np.sort(self.buyer[self.counts] * SPAN + self.at[self.counts])
        places = np.searchsorted(keys, who * SPAN + when, side="right")
        following = np.append(keys, -1)[places]
        wait = np.where(following // SPAN == who, following % SPAN - when, SPAN)
        return np.array(
            [np.bincount(said, wait < horizon * DAY, 3) / np.bincount(said, minlength=3) for horizon in HORIZONS]
        )
