"""What follow-up does, in simulated arms: how often the interval holds the effect, and the bound claims what is not."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.loop.effect import difference
from tests.statistics.arms import LIMIT, evidence_path, shares

DRAWS = 2000
YEARS = 2000


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
@pytest.mark.parametrize("effect", [0.0, 0.08, 0.3])
@pytest.mark.parametrize("number", [200, 1_000])
def test_the_interval(share: float, effect: float, number: int) -> None:
    rng = np.random.default_rng(2026)
    inside, width = 0, 0.0
    for _ in range(DRAWS):
        outcome, held, drawn = shares(number, rng, share=share, held=0.3, followed=0.3 + effect)
        line = difference(outcome, ~held, drawn, is_share=True, confidence=0.95)
        inside += line["effect_low"] <= effect <= line["effect_high"]
        width += line["effect_high"] - line["effect_low"]
    print(f"\n{number} outcomes, share {share}, effect {effect}: in {inside / DRAWS:.1%}, {width / DRAWS:.3f} wide")
    assert 0.935 <= inside / DRAWS <= 0.97


@pytest.mark.parametrize("share", [0.1, 0.2, 0.5])
@pytest.mark.parametrize("outcome", ["0.3", "0.05", "money"])
def test_a_year_of_looks_at_no_effect(share: float, outcome: str) -> None:
    """Looked at after every outcome, which is oftener than every night."""
    rng = np.random.default_rng(2026)
    false = 0
    for _ in range(YEARS):
        rate = 0.4 if outcome == "money" else float(outcome)
        values, held, drawn = shares(1_000, rng, share=share, held=rate, followed=rate)
        if outcome == "money":
            values *= rng.lognormal(4, 1.5, len(values))
        false += evidence_path(values, held, drawn, 0.0).max() >= LIMIT
    print(f"\n{YEARS} years, share {share}, {outcome}: 0 is left out at some time in {false / YEARS:.1%}")
    assert false / YEARS <= 0.05


@pytest.mark.parametrize(("held", "followed"), [(0.3, 0.45), (0.5, 0.8), (0.6, 0.75)])
def test_a_year_of_looks_at_an_effect(held: float, followed: float) -> None:
    rng = np.random.default_rng(2026)
    missed, claimed = 0, 0
    for _ in range(YEARS):
        arms = shares(1_000, rng, share=0.2, held=held, followed=followed)
        missed += evidence_path(*arms, followed - held).max() >= LIMIT
        claimed += evidence_path(*arms, 0.0).max() >= LIMIT
    print(f"\n{held} against {followed}: the effect is left out in {missed / YEARS:.1%}, 0 in {claimed / YEARS:.1%}")
    assert missed / YEARS <= 0.06
