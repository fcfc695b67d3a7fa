"""The figure tables about follow-up and what it does.

Here: their declarations. Not here: the other tables of the schema (loop.py), and the arithmetic (pipelines/loop).
"""

from __future__ import annotations

from datetime import timedelta

from pipelines.figures.figure import Figure
from pipelines.loop import covariates, outcomes
from pipelines.loop.answer_uplift import answer_uplift
from pipelines.loop.effect import effect
from pipelines.loop.recovery import recovery
from pipelines.loop.uplift import uplift

# The year before the period, whose answers have a year of orders behind them at its end.
LOOKBACK = timedelta(days=2 * 366 + 7)
SETTINGS = ("timezone", "confidence", "min_responses", "follow_up_holdout")
ANSWER_UPLIFT = Figure(
    "loop.answer_uplift",
    answer_uplift,
    ("month", "response_id"),
    covariates.READS,
    ("timezone", "follow_up_holdout", "customer_months"),
    only=covariates.NAMED,
    newest_only=True,
    needs="follow_up_holdout",
)
# Without ANSWER_UPLIFT, which the queue is made of and so stands before it.
FOLLOW_UP = (
    Figure(
        "loop.recovery",
        recovery,
        ("month", "category", "arm", "hours_to_contact"),
        outcomes.READS,
        SETTINGS,
        LOOKBACK,
        only=outcomes.ONLY,
    ),
    # Without a bound: what was drawn counts from the first day of the draw.
    Figure(
        "loop.effect",
        effect,
        ("month", "category", "outcome", "kind", "hours_to_contact"),
        outcomes.READS,
        SETTINGS,
        only=outcomes.ONLY,
    ),
    Figure(
        "loop.uplift",
        uplift,
        ("month", "ranking", "tenth"),
        covariates.READS,
        ("timezone", "follow_up_holdout"),
        only=covariates.ONLY,
        needs="follow_up_holdout",
    ),
)
