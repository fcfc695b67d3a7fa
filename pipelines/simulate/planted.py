"""What was planted for the tables that look beyond the answers given: whom they speak for, what each effect is.

Here: the expected score of everybody who bought, and each planted effect in points against the others, from exact
probabilities. Not here: estimating anything, or figures of the answers as they fell (truth).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from pipelines.simulate.parameters import CATEGORIES, COUNTRIES, Parameters
from pipelines.simulate.surveys import shifts
from pipelines.simulate.world import World

Floats = NDArray[np.float64]
YEAR_OF_DAYS = 365


def contribution(mean: Floats, p: Parameters) -> Floats:
    """Expected sign of an answer with that latent mean score: rounding makes 8.5 and 6.5 the edges."""
    return np.asarray(ndtr((mean - 8.5) / p.score_noise) - ndtr((6.5 - mean) / p.score_noise))


def buyers(world: World) -> dict[str, Any]:
    """Score of the buyers of the last 365 days if each had answered after the delivery of the last order that counts.

    Also the share of them who have no account.
    """
    p, days = world.parameters, world.calendar.days
    last = (
        world.orders.filter(pl.col("counts") & (pl.col("day") >= days - YEAR_OF_DAYS))
        .sort("person", "ordered_at", "order")
        .group_by("person", maintain_order=True)
        .last()
        .join(world.people.select("person", "satisfaction", home="country"), on="person", how="left")
    )
    if last.is_empty():
        return {"buyers": 0, "nps": None, "share_of_guests": None}
    guest = last["is_guest"].to_numpy()
    mean = (
        p.score_mean
        + p.score_per_satisfaction * last["satisfaction"].to_numpy()
        + np.where(last["is_late"].to_numpy(), p.shift_late, 0.0)
        + np.where(guest, p.shift_guest, 0.0)
        + shifts(COUNTRIES, p.shift_country)[last["home"].to_numpy()]
        + shifts(CATEGORIES, p.shift_category)[last["category"].to_numpy()]
    )
    return {
        "buyers": last.height,
        "nps": round(100 * float(contribution(mean, p).mean()), 6),
        "share_of_guests": round(float(guest.mean()), 6),
    }


def differences(world: World) -> dict[str, float]:
    """Points by which each planted group of answers after delivery differs from the others because of the plant alone.

    Each answer is taken once with the plant and once as the others are, the rest of it as it is: late against on time,
    a country or category against the mixture of the others.
    """
    p = world.parameters
    answers = world.answers.filter(pl.col("survey") == 1)
    if answers.is_empty():
        return {}
    mean = answers["mean"].to_numpy()
    base = mean - answers["shift_late"].to_numpy()
    found = {"late": float((contribution(base + p.shift_late, p) - contribution(base, p)).mean())}
    for kind, names in (("country", COUNTRIES), ("category", CATEGORIES)):
        points = shifts(names, getattr(p, f"shift_{kind}"))
        base = mean - answers[f"shift_{kind}"].to_numpy()
        share = np.bincount(answers[kind].to_numpy(), minlength=len(names)) / len(mean)
        expected = np.array([float(contribution(base + shift, p).mean()) for shift in points])
        for name in getattr(p, f"shift_{kind}"):
            number = names.index(name)
            rest = np.delete(share, number)
            if rest.sum() > 0:
                others = float((np.delete(expected, number) * rest).sum() / rest.sum())
                found[f"{kind} {name}"] = float(expected[number]) - others
    return {name: round(100 * points, 6) for name, points in found.items()}
