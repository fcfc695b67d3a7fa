"""True figures that no large shop shows: from the latent state of a simulated shop.

Here: the score of all buyers, and money expected from what the simulator knows of each customer. Not here: figures
whose truth is their own value in a large shop (measure).
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.calibrate.shop import ANSWERS
from pipelines.simulate.truth.expected_scores import days_of_quarter, recent_buyers
from pipelines.simulate.world import World

DAYS, WEEK, WEEKS, ANNUAL = 365.25, 7, 52, 1.1
UNSURVEYED = len(ANSWERS)


def every_buyer(world: World) -> pl.DataFrame:
    """The score of all buyers of the windows that end with the history, answered or not: grain, truth in points."""
    found = {
        "trailing_365d": recent_buyers(world)["nps"],
        "quarter": recent_buyers(world, days_of_quarter(world))["nps"],
    }
    return pl.DataFrame({"grain": list(found), "truth": list(found.values())}, schema_overrides={"truth": pl.Float64})


def lifetime_value(world: World) -> pl.DataFrame:
    """Money so far and, discounted, of the 52 weeks ahead by the latent rates: category, truth per customer."""
    count = len(world.people)
    own = np.bincount(world.orders["person"], world.orders["net_eur"], count) / 100
    is_customer = np.bincount(world.orders["person"], world.orders["counts"], count) > 0
    rate = world.people["rate"].to_numpy() * WEEK / DAYS
    leave, alive = world.people["dropout"].to_numpy(), world.people["alive"].fill_null(value=False).to_numpy()
    # Orders by the end of every week: a customer leaves at rate * leave, and until then orders at rate.
    until = np.zeros(count)
    coming = np.zeros(count)
    for week in range(1, WEEKS + 1):
        reached = alive * -np.expm1(-rate * leave * week) / leave
        coming += (reached - until) * ANNUAL ** (-week / WEEKS)
        until = reached
    per_order = float(world.orders["net_eur"].mean() or 0) / 100  # type: ignore[arg-type]
    latest = (
        world.answers.filter(~pl.col("anonymous"))
        .group_by("person")
        .agg(pl.col("bucket").sort_by("answered_at", "invitation").last())
    )
    said = np.full(count, UNSURVEYED)
    said[latest["person"].to_numpy()] = latest["bucket"].to_numpy()
    return (
        pl.DataFrame({"said": said, "truth": own + coming * per_order})
        .filter(pl.Series(is_customer))
        .group_by("said")
        .agg(pl.col("truth").mean())
        .select(
            category=pl.col("said").replace_strict(
                range(UNSURVEYED + 1), (*ANSWERS, "unsurveyed"), return_dtype=pl.String
            ),
            truth="truth",
        )
    )
