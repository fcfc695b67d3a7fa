"""What the page shows, read from the published file: one block for each file of sql/report.

Here: running the SQL that the page lets its reader copy, and how each column's values are written. Not here: words
(words/), which blocks there are (the sections) and charts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from string import Formatter
from typing import Any

import duckdb
import polars as pl

from pipelines.report.drawing import Drawing
from pipelines.report.language import Language
from pipelines.warehouse.frames import frame
from pipelines.warehouse.sql_files import statements

# Rows of a table and letters of a text on the page; the copied SQL gives all of them.
MOST_ROWS = 500
MOST_LETTERS = 300
# What the reader can filter by.
FILTERS = ("stage", "dimension", "segment")
# How the values of a column are written, by its name; the first that fits. Other numbers are counts or have 2 decimals.
KINDS = (
    ("p_value", r".*p_value"),
    ("signed", r"(change|difference|gap|paired_gap|late_difference|impact|score_effect)(_low|_high)?|weighting_effect"),
    (
        "money",
        r"(raw|adjusted)_.*|.*revenue.*|.*_value(_low|_high)?|value_(365d|low|high|at_risk|effect.*)|reward_cost",
    ),
    ("money", r"calibrated_at_risk_90d|backtest_(expected|actual)|money_effect.*"),
    ("points", r"nps.*|.*_nps|pooled_.*|smallest_detectable_change|lowest|highest"),
    (
        "share",
        r"share.*|.*_share.*|.*_rate|rate_.*|retention.*|churn_.*|robustness_.*|backtest_error|effect.*|anytime_.*",
    ),
    ("month", r"month|.*_month"),
    ("end", r"period_end"),
    ("year", r".*_year"),
    ("score", r"score"),
)
EXCEPTIONS = {"share_of_revenue": "share", "robustness_value": "share", "e_value": "number"}
# Columns whose values are codes with a name in each language, and the kind of code.
CODES = {
    "most_to": "rfm_group",
    "from_group": "rfm_group",
    "to_group": "rfm_group",
    "strongest_covariate": "covariate",
}


@dataclass(frozen=True)
class Chart:
    """A drawing. stage, dimension: what the reader's filter must say for it to be shown, if anything."""

    drawing: Drawing
    title: str
    stage: str | None = None
    dimension: str | None = None

    @property
    def filters(self) -> dict[str, str | None]:
        """What the reader's filter compares."""
        return {"stage": self.stage, "dimension": self.dimension}


@dataclass(frozen=True)
class Block:
    """A part of the page: sentences, charts, and the table of what they show.

    reason: why there are no rows, in words. rows: as published. legend: texts by class of their sign.
    """

    name: str
    title: str
    said: list[str]
    sql: str
    rows: pl.DataFrame
    texts: pl.DataFrame
    reason: str | None
    charts: list[Chart] = field(default_factory=list)
    legend: dict[str, str] = field(default_factory=dict)
    is_open: bool = False

    @property
    def columns(self) -> list[str]:
        """Names of the columns."""
        return self.rows.columns

    @property
    def more_rows(self) -> int:
        """Rows that the page leaves out."""
        return max(self.rows.height - MOST_ROWS, 0)

    @property
    def measured(self) -> set[str]:
        """Names of the columns that hold no texts: their values stand at the right."""
        return {name for name, dtype in self.rows.schema.items() if dtype != pl.String}

    def lines(self) -> list[tuple[dict[str, str], list[tuple[str | None, str]]]]:
        """For every row what the reader's filter compares, and for every cell its value and its text."""
        head, texts = self.rows.head(MOST_ROWS), self.texts.head(MOST_ROWS)
        known = [name for name in FILTERS if name in head.columns]
        filters = [{name: shortened(text) for name, text in row.items()} for row in head.select(known).to_dicts()]
        pairs = zip(head.rows(), texts.rows(), strict=True)
        cells = [[(raw(value), text) for value, text in zip(*pair, strict=True)] for pair in pairs]
        return list(zip(filters or [{}] * head.height, cells, strict=True))


@dataclass(frozen=True)
class Reading:
    """The published file and the language to show it in."""

    connection: duckdb.DuckDBPyConnection
    language: Language
    confidence: float

    def block(
        self, name: str, build: Callable[[Block], Block] | None = None, *, is_open: bool = False, is_money: bool = False
    ) -> Block:
        """The block of sql/report/<name>.sql; what `build` makes of it if it has rows.

        A table that the published file does not have, or has no rows, gives the reason in words. So does one of money
        where the currency is not known: no order counts then, and everything would look like nothing.
        """
        sql = statements(f"report/{name}.sql").strip()
        if is_money and self.language.currency is None:
            return self.made(name, pl.DataFrame(), sql=sql, reason=self.language.text("page.no_currency"))
        try:
            rows, reason = frame(self.connection.sql(sql)), None
        except duckdb.CatalogException as error:
            rows, reason = pl.DataFrame(), self.language.text("page.no_table", table=_missing(error))
        block = self.made(name, rows, sql=sql, reason=reason, is_open=is_open)
        return block if block.reason or build is None else build(block)

    def made(
        self, name: str, rows: pl.DataFrame, *, sql: str = "", reason: str | None = None, is_open: bool = False
    ) -> Block:
        """The block of these rows, with its words of the catalogue."""
        language = self.language
        if reason is None and rows.is_empty():
            reason = language.text(f"blocks.{name}.empty" if language.found(f"blocks.{name}.empty") else "page.empty")
        said = f"blocks.{name}.said"
        confidence = language.share(self.confidence, 0)
        return Block(
            name=name,
            title=language.text(f"blocks.{name}.title"),
            said=[language.text(said, confidence=confidence)] if language.found(said) else [],
            sql=sql,
            rows=rows,
            texts=self.written(rows),
            reason=reason,
            is_open=is_open,
        )

    def written(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Every value as text, in the same columns."""
        return pl.DataFrame(
            [pl.Series(name, self._column(name, rows), pl.String) for name in rows.columns], orient="col"
        )

    def sentences(self, texts: pl.DataFrame, key: str) -> pl.Series:
        """A sentence of the catalogue for every row, its braces filled from the columns of `texts`."""
        parts = []
        for literal, name, _, _ in Formatter().parse(self.language.pattern(key)):
            parts.append(pl.lit(literal))
            if name is not None:
                parts.append(pl.lit(self.language.share(self.confidence, 0)) if name == "confidence" else pl.col(name))
        return texts.select(pl.concat_str(parts).alias("label"))["label"]

    def _column(self, name: str, rows: pl.DataFrame) -> list[str]:
        values = rows[name]
        write = self._writer(name, values.dtype, is_alone="period_end" not in rows.columns)
        dimensions = rows["dimension"] if name == "segment" and "dimension" in rows.columns else None
        if dimensions is not None:
            return [self._segment(*pair) for pair in zip(dimensions, values, strict=True)]
        return ["" if value is None else write(value) for value in values]

    def _segment(self, dimension: str, segment: str) -> str:
        """A segment; those of topics are topics, others have a name only where they are ours."""
        return shortened(self.language.named("topic" if dimension == "topic" else "segment", segment))

    def _writer(self, name: str, dtype: pl.DataType, *, is_alone: bool) -> Callable[[Any], str]:
        """How a column's values are written. is_alone: a first day without a last one is that of a month."""
        language = self.language
        kind = EXCEPTIONS.get(name) or next((kind for kind, pattern in KINDS if re.fullmatch(pattern, name)), None)
        if name == "period_start" and is_alone:
            kind = "month"
        by_kind: dict[str | None, Callable[[Any], str]] = {
            "p_value": language.p_value,
            "signed": lambda value: language.points(value, signed=True),
            "points": language.points,
            "share": language.share,
            "money": language.money,
            "month": lambda value: language.month(value, short=True),
            "end": language.last_day,
            "year": str,
            "score": str,
        }
        by_type: dict[bool, Callable[[Any], str]] = {
            isinstance(dtype, pl.Datetime): language.moment,
            dtype == pl.Boolean: lambda value: language.text("page.yes" if value else "page.no"),
            dtype == pl.String: lambda value: shortened(language.named(CODES.get(name, name), value)),
            dtype == pl.Date and kind not in {"month", "end"}: language.short_day,
            _is_whole(dtype) and kind not in {"year", "score"}: language.count,
        }
        return by_type.get(True) or by_kind.get(kind) or (lambda value: language.number(value, 2))


def _is_whole(dtype: pl.DataType) -> bool:
    """Whether a column holds whole numbers; sums of them come as decimals without places."""
    return dtype.is_integer() or (isinstance(dtype, pl.Decimal) and dtype.scale == 0)


def shortened(text: str) -> str:
    """A text of the shop's customers or exports, cut where it would fill the page."""
    flat = " ".join(text.split())
    return flat if len(flat) <= MOST_LETTERS else f"{flat[:MOST_LETTERS]}…"


def raw(value: object) -> str | None:
    """A value as the published file holds it: numbers to 6 decimals, days and times in ISO form; None for a text.

    >>> raw(12.3456789), raw(date(2026, 11, 1)), raw(None), raw(True), raw("text")
    ('12.345679', '2026-11-01', '', 'true', None)
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return None
    if isinstance(value, float):
        return repr(round(value, 6))
    return value.isoformat() if isinstance(value, date) else json.dumps(value, default=str).strip('"')


def _missing(error: duckdb.CatalogException) -> str:
    """Name of the table that the published file does not have."""
    found = re.search(r"with name (\S+) does not exist", str(error))
    return found[1] if found else "?"
