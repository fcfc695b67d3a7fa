"""The truth of a shop as one document.

Here: its parts, their names and how to read them. Not here: computing them.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from pipelines.simulate.truth import planted_effects
from pipelines.simulate.truth.counts import counts
from pipelines.simulate.truth.customer_value import customer_value
from pipelines.simulate.truth.expected_scores import (
    by_segment,
    by_stage,
    by_window,
    days_of_quarter,
    expected_answers,
    recent_buyers,
)
from pipelines.simulate.truth.parameters import REPORTING_CURRENCY, SKU_PREFIXES, SURVEY_NAMES, SURVEY_SOURCES
from pipelines.simulate.truth.refused_rows import refused_rows
from pipelines.simulate.world import World

RULES = (
    "Stages are those of core.responses as known at `end`. Anonymous answers name neither person nor order and count "
    "as prospect. `latest` drops an answer when the same person's next answer of the same stage lies in the window. "
    "noise_standard_error is the standard deviation, in points, of the observed score around nps."
)


def truth_of(world: World) -> dict[str, Any]:
    """The truth of a shop, ready for JSON; `rules` says how to read it."""
    answers = expected_answers(world)
    return {
        "rules": RULES,
        "zone": world.calendar.zone,
        "first_day": world.calendar.start.isoformat(),
        "end": world.calendar.end.isoformat(),
        "reporting_currency": REPORTING_CURRENCY,
        "sku_prefixes": SKU_PREFIXES,
        "survey_names": SURVEY_NAMES,
        "survey_sources": SURVEY_SOURCES,
        "parameters": world.parameters.described(),
        "nps_expected_all": by_stage(answers),
        "nps_expected_latest": by_stage(answers.filter(pl.col("next_date").is_null())),
        "nps_expected_by_window": by_window(answers, world),
        "nps_expected_by_segment": by_segment(answers),
        "effects": planted_effects.effects(world),
        "differences": planted_effects.differences(world),
        "buyers_trailing_365d": recent_buyers(world),
        "buyers_quarter": recent_buyers(world, days_of_quarter(world)),
        "value": customer_value(world),
        "facts": counts(world),
        "refused": refused_rows(world),
    }
