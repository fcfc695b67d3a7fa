"""What each planted effect amounts to, in points of NPS.

Here: the points by which each shift moves the answers it touches, and by which it sets them apart from the other
answers, from exact probabilities. Not here: the shifts themselves (parameters), and the score of the answers as given
(expected_scores).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.simulate.surveys import shifts
from pipelines.simulate.truth.expected_scores import expected_sign
from pipelines.simulate.truth.parameters import CATEGORIES, COUNTRIES
from pipelines.simulate.world import World


def effects(world: World) -> dict[str, dict[str, Any]]:
    """By planted shift: the answers it touches, and the points by which it moves them and the score of all answers."""
    answers, noise = world.answers, world.parameters.score_noise
    mean = answers["mean"].to_numpy()

    def effect(shift: NDArray[np.float64], touched: NDArray[np.bool_]) -> dict[str, Any]:
        if not touched.any():
            return {"responses": 0, "score_points": None, "nps_points": None, "nps_points_overall": 0.0}
        difference = expected_sign(mean, noise) - expected_sign(mean - shift, noise)
        return {
            "responses": int(touched.sum()),
            "score_points": float(shift[touched][0]),
            "nps_points": round(100 * float(difference[touched].mean()), 6),
            "nps_points_overall": round(100 * float(difference[touched].sum()) / len(mean), 6),
        }

    columns = {
        name: answers[f"shift_{name}"].to_numpy()
        for name in ("late", "guest", "before_delivery", "country", "category")
    }
    moved = {name: effect(columns[name], columns[name] != 0) for name in ("late", "guest", "before_delivery")}
    for kind, names in (("country", COUNTRIES), ("category", CATEGORIES)):
        number = answers[kind].fill_null(-1).to_numpy()
        planted = getattr(world.parameters, f"shift_{kind}")
        for name in planted:
            moved[f"{kind} {name}"] = effect(columns[kind], (number == names.index(name)) & (columns[kind] != 0))
    return moved


def differences(world: World) -> dict[str, float]:
    """Points by which each planted group of answers after delivery differs from the others because of its shift alone.

    Every answer is scored with the group's shift and with the others', all else unchanged: late against on time, a
    country or category against the mixture of the others.
    """
    p, noise = world.parameters, world.parameters.score_noise
    answers = world.answers.filter(pl.col("survey") == 1)
    if answers.is_empty():
        return {}
    mean = answers["mean"].to_numpy()
    base = mean - answers["shift_late"].to_numpy()
    points_of = {"late": float((expected_sign(base + p.shift_late, noise) - expected_sign(base, noise)).mean())}
    for kind, names in (("country", COUNTRIES), ("category", CATEGORIES)):
        points = shifts(names, getattr(p, f"shift_{kind}"))
        base = mean - answers[f"shift_{kind}"].to_numpy()
        share = np.bincount(answers[kind].to_numpy(), minlength=len(names)) / len(mean)
        expected = np.array([float(expected_sign(base + shift, noise).mean()) for shift in points])
        for name in getattr(p, f"shift_{kind}"):
            number = names.index(name)
            rest = np.delete(share, number)
            if rest.sum() > 0:
                others = float((np.delete(expected, number) * rest).sum() / rest.sum())
                points_of[f"{kind} {name}"] = float(expected[number]) - others
    return {name: round(100 * points, 6) for name, points in points_of.items()}
