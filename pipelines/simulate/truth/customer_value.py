"""What satisfaction is worth in money: from the latent rates, and as it turned out.

Here: orders and revenue expected of customers by satisfaction, and realised revenue by category of the latest answer.
Not here: the value that the warehouse computes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from pipelines.simulate import comments
from pipelines.simulate.world import World

YEAR = 365.25


def customer_value(world: World) -> dict[str, Any]:
    """Expected and realised figures of the shop's buyers; money in the reporting currency."""
    buyers = world.people.filter(~pl.col("is_prospect"))
    mean_order = float(world.orders["net_eur"].mean() or 0) / 100  # type: ignore[arg-type]
    rate, leave = buyers["rate"].to_numpy(), buyers["dropout"].to_numpy()
    # A customer stays after the first order with probability 1 - leave, then leaves at rate * leave: integrated.
    first_year = 1 + (1 - leave) / leave * -np.expm1(-rate * leave)
    coming = buyers["alive"].to_numpy() * -np.expm1(-rate * leave * 52 * 7 / YEAR) / leave
    u = buyers["satisfaction"].to_numpy()
    third = np.searchsorted(np.quantile(u, (1 / 3, 2 / 3)), u) if len(u) else np.zeros(0)
    terciles = [
        {
            "tercile": name,
            "customers": int((third == n).sum()),
            "mean_satisfaction": round(float(u[third == n].mean()), 6),
            "orders_12m": round(float(first_year[third == n].mean()), 6),
            "revenue_12m": round(float(first_year[third == n].mean()) * mean_order, 6),
            "alive_at_end": int(buyers["alive"].to_numpy()[third == n].sum()),
        }
        for n, name in enumerate(("low", "middle", "high"))
        if (third == n).any()
    ]
    return {
        "mean_net_order": round(mean_order, 6),
        "expected_first_12_months_by_satisfaction": terciles,
        "alive_at_end": int(buyers["alive"].sum()),
        "expected_orders_next_52_weeks": round(float(coming.sum()), 6),
        "realised_by_latest_category": by_latest_category(world).to_dicts(),
    }


def by_latest_category(world: World) -> pl.DataFrame:
    """Own and referred net revenue of the whole history, mean per customer, by the category of the latest answer."""
    count = len(world.people)
    own = np.bincount(world.orders["person"], world.orders["net_eur"], count) / 100
    advocate = world.people["advocate"].to_numpy()
    friend = advocate >= 0
    brought = np.bincount(advocate[friend], own[friend], count)
    latest = (
        world.answers.filter(~pl.col("anonymous"))
        .group_by("person")
        .agg(pl.col("bucket").sort_by("answered_at", "invitation").last())
        .sort("person")
    )
    who = latest["person"].to_numpy()
    table = (
        latest.with_columns(own=pl.Series(own[who]), brought=pl.Series(brought[who]))
        .group_by("bucket")
        .agg(
            customers=pl.len(),
            own_revenue=pl.col("own").mean().round(6),
            referral_revenue=pl.col("brought").mean().round(6),
            total_value=(pl.col("own").mean() + pl.col("brought").mean()).round(6),
        )
        .sort("bucket")
    )
    return table.with_columns(category=pl.Series(comments.CATEGORIES).gather(table["bucket"])).drop("bucket")
