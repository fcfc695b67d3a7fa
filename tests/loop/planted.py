"""Simulated shops with a planted effect of follow-up, as the figures of schema loop read them.

Here: the frames, shared by tests and a benchmark. Not here: expectations.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.calibrate.shop import core
from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings
from pipelines.simulate import Parameters
from pipelines.simulate.won_back import won_with
from pipelines.simulate.world import World, build

END = date(2026, 7, 1)
AS_OF = datetime(2026, 7, 1, tzinfo=UTC)
SPAN = Span(Window(date(2026, 6, 1), END), Clock(AS_OF, "UTC"))
HOLDOUT = 0.2
# A shop that asks by e-mail, and calls nine of ten detractors. Of those who would stay one, a call wins up to half:
# that is 0 to 30 points of all.
ASKING = {
    "follow_up": 0.9,
    "shown": {"thank_you_page": 0.1, "after_delivery": 0.95, "relationship": 0.95},
    "response": {"thank_you_page": 0.1, "after_delivery": 0.85, "relationship": 0.6},
}
EFFECT = 0.5
Frames = tuple[pl.LazyFrame, pl.LazyFrame, pl.LazyFrame, pl.LazyFrame]


def settings_of(holdout: float = HOLDOUT) -> Settings:
    """Settings under which everybody was drawn from the first day."""
    return Settings(home=Path("nowhere"), as_of=AS_OF, follow_up_holdout=((date(2000, 1, 1), holdout),))


def world_of(seed: int, *, effect: float = EFFECT, customers: int = 5_000, months: int = 48) -> World:
    """A shop; the same seed with another effect is the same shop but for what the calls did."""
    parameters = Parameters(holdout=HOLDOUT, follow_up_effect=effect, **ASKING)  # type: ignore[arg-type]
    return build(customers=customers, months=months, seed=seed, end=END, zone="UTC", parameters=parameters)


def frames(world: World) -> Frames:
    """Answers, no urgent one, contacts and orders, as covariates.ONLY and outcomes.ONLY read them."""
    tables = core(world, settings_of())
    held = world.people.select(customer_id="person", draw=pl.when("held_out").then(0.0).otherwise(0.99))
    commented = world.answers.select(response_id="invitation", has_comment="commented")
    responses = (
        tables["core.responses"]
        .select(
            number("response_id"),
            number("customer_id"),
            number("order_id"),
            "category",
            "responded_at",
            "response_date",
            "score",
            is_after_delivery=pl.col("stage") == "post_delivery",
        )
        .drop_nulls("customer_id")
        .join(held.lazy().cast({"customer_id": pl.UInt64}), on="customer_id")
        .join(commented.lazy().cast({"response_id": pl.UInt64}), on="response_id")
        .with_columns(name=pl.col("response_id").cast(pl.String))
    )
    invitation = world.answers["invitation"].cast(pl.UInt64)
    contacts = world.follow_ups.select(
        response_id=invitation.gather(world.follow_ups["answer"]),
        contacted_at=pl.from_epoch(pl.col("contacted_at")).cast(pl.Datetime("us")).dt.replace_time_zone("UTC"),
        is_dated=True,
    )
    orders = tables["core.orders"].filter(~pl.col("is_cancelled"))
    return (
        responses,
        pl.LazyFrame(schema={"response_id": pl.UInt64}),
        contacts.lazy(),
        orders.with_columns(number("order_id"), number("customer_id")),
    )


def planted_for(world: World, rows: pl.DataFrame) -> NDArray[np.float64]:
    """By answer, the chance that a call wins the customer who would stay a detractor; 0 where nobody calls."""
    chance = pl.when(pl.col("survey") > 0, pl.col("bucket") == 2).then(won_with(world.parameters)).otherwise(0.0)
    true = world.answers.select(response_id=pl.col("invitation").cast(pl.UInt64), chance=chance)
    return rows.join(true, on="response_id", how="left", maintain_order="left")["chance"].to_numpy()


def number(column: str) -> pl.Expr:
    """The number in an id such as c12."""
    return pl.col(column).str.slice(1).cast(pl.UInt64)
