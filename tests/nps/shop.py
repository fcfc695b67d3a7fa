"""Random answers of a small shop, as core.responses and core.response_segments, and clocks to see them from.

Here: the answers. Not here: what they add up to (brute.py).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from pipelines.periods import Clock, Window, next_month

STAGES = ("prospect", "pre_delivery", "post_delivery", "post_order", "relational")
DIMENSIONS = {"country": ("DE", "FR", "unknown"), "lifecycle": ("active", "new"), "survey": ("only",)}
SEGMENTS = pl.Schema({"response_id": pl.String} | dict.fromkeys(DIMENSIONS, pl.String))
RESPONSES = pl.Schema(
    {
        "response_id": pl.String(),
        "stage": pl.String(),
        "customer_id": pl.String(),
        "responded_at": pl.Datetime("us", "UTC"),
        "response_date": pl.Date(),
        "score": pl.Int8(),
        "category": pl.String(),
        "next_response_at": pl.Datetime("us", "UTC"),
    }
)


class Answer(NamedTuple):
    response_id: str
    stage: str
    customer: str | None
    at: datetime
    day: date
    score: int
    segments: dict[str, str]

    @property
    def sign(self) -> int:
        return (self.score >= 9) - (self.score <= 6)


class Shop:
    """Random answers of a few customers, many of whom answer again, some within a day."""

    def __init__(self, seed: int, clock: Clock, *, answers: int = 350, customers: int = 60) -> None:
        random = Random(seed)
        self.clock = clock
        zone = ZoneInfo(clock.zone)
        times = sorted(
            {clock.as_of + timedelta(minutes=random.randrange(-900 * 1440, 20 * 1440)) for _ in range(answers)}
        )
        self.answers = [
            Answer(
                response_id=f"r{number}",
                stage=random.choice(STAGES[2:]) if random.random() < 0.9 else random.choice(STAGES),
                customer=None if random.random() < 0.15 else f"c{int(customers * random.random() ** 2)}",
                at=time,
                day=time.astimezone(zone).date(),
                score=random.choice((0, 3, 6, 7, 8, 9, 10, 10)),
                segments={name: random.choice(values) for name, values in DIMENSIONS.items()},
            )
            for number, time in enumerate(times)
        ]

    @property
    def past(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.at <= self.clock.as_of]

    def responses(self) -> pl.LazyFrame:
        """core.responses up to the clock; the next answer may lie after it."""

        def following(answer: Answer) -> datetime | None:
            same = (a.at for a in self.answers if (a.customer, a.stage) == (answer.customer, answer.stage))
            return min((at for at in same if at > answer.at), default=None) if answer.customer else None

        rows = [
            (a.response_id, a.stage, a.customer, a.at, a.day, a.score, category(a), following(a)) for a in self.past
        ]
        return pl.LazyFrame(rows, schema=RESPONSES, orient="row")

    def segments(self) -> pl.LazyFrame:
        """core.response_segments with one row per answer, answers after the clock included."""
        rows = [(a.response_id, *a.segments.values()) for a in self.answers]
        return pl.LazyFrame(rows, schema=SEGMENTS, orient="row")


def category(answer: Answer) -> str:
    return {1: "promoter", 0: "passive", -1: "detractor"}[answer.sign]


def months(first: date, last: date) -> Window:
    return Window(first, next_month(last))


PARIS = Clock(datetime(2026, 2, 17, 9, 30, tzinfo=UTC), "Europe/Paris")
AUCKLAND = Clock(datetime(2025, 12, 31, 10, 45, tzinfo=UTC), "Pacific/Auckland")
HONOLULU = Clock(datetime(2026, 3, 1, 9, 59, tzinfo=UTC), "Pacific/Honolulu")
CLOCKS = (PARIS, AUCKLAND, HONOLULU)
