"""Which figures are told of when they move after publishing, declared once.

Here: by table, the columns that name a row within its month, and the figures an owner knows by heart (headlines). All
other numbers, amounts and flags of the table are told too; texts and dates never are. Not here: comparing
(restatements.py) and wording (why.py). A table of customers is not told of: its rows are nobody's figure, and many.
"""

from __future__ import annotations

from dataclasses import dataclass

WINDOW = ("grain", "period_start")


@dataclass(frozen=True)
class Headline:
    """A figure to tell first and always.

    column: of the table. where: SQL predicate on `key`, the JSON object of the row's key columns. label: its name in
    words, with the key's columns in braces.
    """

    column: str
    label: str
    where: str = "true"


@dataclass(frozen=True)
class Told:
    """A table whose moves are told: the columns that, with the month, name a row, and its headline if it has one."""

    key: tuple[str, ...]
    headline: Headline | None = None


# In the order in which headlines are told.
TOLD = {
    "nps.by_period": Told(
        (*WINDOW, "stage"),
        Headline(
            "nps",
            "NPS ({grain} from {period_start})",
            "key->>'stage' = 'all' AND key->>'grain' IN ('month', 'quarter', 'year')",
        ),
    ),
    "value.promoter_value": Told(("category",), Headline("total_value", "value of a customer ({category})")),
    "value.revenue": Told((), Headline("revenue", "revenue (365 days)")),
    "nps.by_segment": Told((*WINDOW, "stage", "dimension", "segment")),
    "nps.change_parts": Told((*WINDOW, "dimension", "segment")),
    "nps.coverage": Told((*WINDOW, "dimension", "segment")),
    "nps.delivery_gap": Told((*WINDOW, "dimension", "segment")),
    "nps.migration": Told(("from_category", "to_category")),
    "nps.migration_change": Told(()),
    "nps.drivers": Told((*WINDOW, "stage", "language", "topic")),
    "nps.alarm": Told(("day",)),
    "nps.expected_answers": Told(WINDOW),
    "value.models": Told(("model", "parameter")),
    "value.model_backtest": Told(("hold_out_months", "decile")),
    "value.by_category": Told(("category",)),
    "value.at_risk": Told(("category",)),
    "value.retention": Told(("gain_points",)),
    "value.after_answer": Told(("category", "score")),
    "value.repurchase": Told(("category", "score", "horizon_days")),
    "value.biggest_customers": Told(("tier",)),
    "value.growth": Told(()),
    "value.word_of_mouth": Told(("category",)),
}
# As a condition on rows with table_name, column_name and key.
IS_HEADLINE = " OR ".join(
    f"(table_name = '{table}' AND column_name = '{told.headline.column}' AND {told.headline.where})"
    for table, told in TOLD.items()
    if told.headline
)
