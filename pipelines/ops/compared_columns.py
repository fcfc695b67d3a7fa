"""Which figures are compared with those published before, declared once.

Here: for each table the columns that identify a row within its month, and its headline, the figure an owner knows by
heart. All other numbers, amounts and flags of a listed table are compared too; texts and dates never are. Not here:
comparing (restatements.py) and wording (why.py). value.customers is not compared: it has one row for every customer.
"""

from __future__ import annotations

from dataclasses import dataclass

WINDOW = ("grain", "period_start")


@dataclass(frozen=True)
class Headline:
    """A figure that is always listed, and listed first.

    column: of the table. where: SQL predicate on `key`, the JSON object of the row's key columns. label: its name in
    words, with the key's columns in braces.
    """

    column: str
    label: str
    where: str = "true"


@dataclass(frozen=True)
class Compared:
    """How a table is compared. key: the columns that, with the month, identify a row."""

    key: tuple[str, ...]
    headline: Headline | None = None


# Headlines are listed in this order.
COMPARED = {
    "nps.by_period": Compared(
        (*WINDOW, "stage"),
        Headline(
            "nps",
            "NPS ({grain} from {period_start})",
            "key->>'stage' = 'all' AND key->>'grain' IN ('month', 'quarter', 'year')",
        ),
    ),
    "value.promoter_value": Compared(("category",), Headline("total_value", "value of a customer ({category})")),
    "value.revenue": Compared((), Headline("revenue", "revenue (365 days)")),
    "nps.by_segment": Compared((*WINDOW, "stage", "dimension", "segment")),
    "nps.change_parts": Compared((*WINDOW, "dimension", "segment")),
    "nps.coverage": Compared((*WINDOW, "dimension", "segment")),
    "nps.delivery_gap": Compared((*WINDOW, "dimension", "segment")),
    "nps.migration": Compared(("from_category", "to_category")),
    "nps.migration_change": Compared(()),
    "nps.drivers": Compared((*WINDOW, "stage", "language", "topic")),
    "nps.alarm": Compared(("day",)),
    "nps.expected_answers": Compared(WINDOW),
    "value.models": Compared(("model", "parameter")),
    "value.model_backtest": Compared(("hold_out_months", "decile")),
    "value.by_category": Compared(("category",)),
    "value.at_risk": Compared(("category",)),
    "value.retention": Compared(("gain_points",)),
    "value.after_answer": Compared(("category", "score")),
    "value.repurchase": Compared(("category", "score", "horizon_days")),
    "value.biggest_customers": Compared(("tier",)),
    "value.growth": Compared(()),
    "value.word_of_mouth": Compared(("category",)),
}
# SQL predicate on rows of ops.restatements.
IS_HEADLINE = " OR ".join(
    f"(table_name = '{table}' AND column_name = '{compared.headline.column}' AND {compared.headline.where})"
    for table, compared in COMPARED.items()
    if compared.headline
)
