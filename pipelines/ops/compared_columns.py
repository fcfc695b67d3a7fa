"""Which figures are compared with those published before, declared once.

Here: for each table the columns that identify a row within its month, which follow from its declaration, and its
headline, the figure an owner knows by heart. All other numbers, amounts and flags are compared too; texts and dates
never are. Tables that keep only the newest months are not compared: they have a row for every customer or answer. Not
here: comparing (restatements.py) and wording (why.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.figures import BY_TABLE


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
HEADLINES = {
    "nps.by_period": Headline(
        "nps",
        "NPS ({grain} from {period_start})",
        "key->>'stage' = 'all' AND key->>'grain' IN ('month', 'quarter', 'year')",
    ),
    "value.promoter_value": Headline("total_value", "value of a customer ({category})"),
    "value.revenue": Headline("revenue", "revenue (365 days)"),
}
COMPARED = {
    table: Compared(tuple(column for column in BY_TABLE[table].key if column != "month"), HEADLINES.get(table))
    for table in (*HEADLINES, *(table for table in BY_TABLE if table not in HEADLINES))
    if not BY_TABLE[table].newest_only
}
# SQL predicate on rows of ops.restatements.
IS_HEADLINE = " OR ".join(
    f"(table_name = '{table}' AND column_name = '{compared.headline.column}' AND {compared.headline.where})"
    for table, compared in COMPARED.items()
    if compared.headline
)
