"""Finished figures for whoever asks in words: six questions to the published file, each with its interval and caveats.

Here: the questions, what may be asked, what must be said beside a figure. Not here: computing any figure, and how an
assistant calls these functions (assets/assistant.py). No argument becomes part of a statement: all are bound as values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import wraps
from typing import Any, Concatenate, Literal, NoReturn, ParamSpec

import duckdb

from pipelines.ops.published import opened_published
from pipelines.settings import Settings
from pipelines.warehouse.frames import frame
from pipelines.warehouse.quoting import quoted

Grain = Literal["auto", "week", "month", "quarter", "year", "trailing_90d", "trailing_365d"]
# Values named in a refusal, and segments in an answer, at most.
MOST = 50
FOR_WHOM = "It speaks for the customers who answered; nps.everybody says what all buyers may think."
FEW = "It rests on too few answers to be relied on."
OPEN = "The period is not over: later answers will change it."
ASSOCIATION = "An association, not an effect: whoever likes a shop may both score higher and buy more."
MANY = "One of many differences: read is_significant and differs_from_rest, which allow for looking at many."
RANK = "Rank by pooled_nps: as measured, a small segment is at the top or the bottom by chance."
_PERIOD = "grain, period_start, period_end, is_complete, stage"
_SCORE = "responses, promoters, passives, detractors, nps, nps_low, nps_high, margin_of_error, is_reliable"
_CHANGE = (
    "previous_responses, previous_nps, change, change_low, change_high, change_p_value, is_significant, "
    "is_change_reliable, smallest_detectable_change"
)
_SEGMENT = "dimension, segment"
_REST = (
    "pooled_nps, pooled_low, pooled_high, difference, difference_low, difference_high, adjusted_p_value, "
    "differs_from_rest"
)
_WORTH = (
    "month, category, customers, total_value, total_value_low, total_value_high, adjusted_difference_to_detractor, "
    "adjusted_low, adjusted_high, hidden_cause"
)
_NEEDED = (
    "month, dimension, segment, buyers, responses, margin_of_error, target_margin, answers_needed, "
    "expected_response_rate, invitations_needed, is_within_reach"
)
Row = dict[str, Any]
P = ParamSpec("P")


class QuestionError(ValueError):
    """What was asked for is not in the published file; the message says what is."""


@dataclass(frozen=True)
class Answer:
    """Rows of published tables as they stand there.

    figures: by column. caveats: what must be said with them. tables: where they stand. as_of: the clock of the file.
    confidence: of the intervals; scores and differences are points, money is in `currency`.
    """

    figures: list[Row]
    caveats: list[str]
    tables: list[str]
    as_of: str
    confidence: float
    currency: str | None


def _of_the_file(
    question: Callable[Concatenate[duckdb.DuckDBPyConnection, P], tuple[list[Row], list[str], list[str]]],
) -> Callable[Concatenate[Settings, P], Answer]:
    """Ask the published file; its clock and currency go with the answer."""

    @wraps(question)
    def asked(settings: Settings, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        if not settings.published_path.exists():
            message = "Nothing is published yet: northstar run"
            raise QuestionError(message)
        with opened_published(settings) as connection:
            state = {str(row["name"]): row["value"] for row in _rows(connection, "SELECT name, value FROM ops.state")}
            figures, caveats, tables = question(connection, *args, **kwargs)
        currency = state.get("reporting_currency")
        return Answer(figures, caveats, tables, str(state.get("as_of")), settings.confidence, currency)

    return asked


@_of_the_file
def score(  # noqa: PLR0917 (of the question; only by name from outside)
    connection: duckdb.DuckDBPyConnection,
    grain: Grain = "trailing_365d",
    stage: str = "all",
    dimension: str | None = None,
    segment: str | None = None,
    until: date | None = None,
) -> tuple[list[Row], list[str], list[str]]:
    """The score of a period with its interval: of all answers of a stage, or of one segment.

    Args:
        connection: the published file.
        grain: length of the period.
        stage: of the survey; all for every stage.
        dimension: with `segment`: of whom.
        segment: value of the dimension.
        until: the newest period whose last day is not after it; by default the newest, the open one included.

    Raises:
        QuestionError: there is no such score.
    """
    columns = f"{_PERIOD}, {_SCORE}" if dimension is None else f"{_PERIOD}, {_SEGMENT}, {_SCORE}"
    row, table = _one(connection, columns, grain, stage, dimension, segment, until)
    return [row], _caveats(row), [table]


@_of_the_file
def is_change_real(  # noqa: PLR0917
    connection: duckdb.DuckDBPyConnection,
    grain: Grain = "month",
    stage: str = "all",
    dimension: str | None = None,
    segment: str | None = None,
    until: date | None = None,
) -> tuple[list[Row], list[str], list[str]]:
    """The change of a score to the period before, with its interval and whether it is more than chance.

    Arguments and errors as `score`.
    """
    columns = f"{_PERIOD}, nps, {_CHANGE}" if dimension is None else f"{_PERIOD}, {_SEGMENT}, nps, {_CHANGE}"
    row, table = _one(connection, columns, grain, stage, dimension, segment, until)
    caveats = [MANY] if row["change"] is not None else ["There is no period before it to compare with."]
    return [row], [*caveats, *_caveats(row | {"is_reliable": row["is_change_reliable"] is not False})], [table]


@_of_the_file
def compare_segments(
    connection: duckdb.DuckDBPyConnection,
    dimension: str,
    grain: Grain = "trailing_365d",
    stage: str = "all",
    until: date | None = None,
) -> tuple[list[Row], list[str], list[str]]:
    """The segments of a dimension, best first with luck taken out, each with its intervals.

    Arguments and errors as `score`.

    Returns:
        At most 50 segments, those with most answers.
    """
    newest, table = _one(connection, "period_end", grain, stage, dimension, None, until)
    rows = _rows(
        connection,
        f"SELECT {_PERIOD}, {_SEGMENT}, {_SCORE}, {_REST} FROM {table} WHERE grain = $grain AND stage = $stage "
        f"AND dimension = $dimension AND period_end = CAST($end AS DATE) ORDER BY responses DESC, segment LIMIT {MOST}",
        grain=grain,
        stage=stage,
        dimension=dimension,
        end=newest["period_end"],
    )
    rows.sort(key=lambda row: (row["pooled_nps"] is None, -(row["pooled_nps"] or 0)))
    return rows, [RANK, MANY, FOR_WHOM, *([OPEN] if not rows[0]["is_complete"] else [])], [table]


@_of_the_file
def promoter_value(
    connection: duckdb.DuckDBPyConnection, month: date | None = None
) -> tuple[list[Row], list[str], list[str]]:
    """What a customer of each category is worth so far, own orders and credited referrals, with intervals.

    Args:
        connection: the published file.
        month: first day of the month; by default the newest.

    Raises:
        QuestionError: there is none of that month.
    """
    table = "value.promoter_value"
    rows = _of_month(
        connection, table, _WORTH, month, where="category <> 'no_longer_credited'", order="total_value DESC"
    )
    cause = [row["hidden_cause"] for row in rows if row["hidden_cause"]]
    return rows, [ASSOCIATION, *cause], [table]


@_of_the_file
def why_moved(
    connection: duckdb.DuckDBPyConnection,
    dimension: str,
    grain: Literal["month", "quarter", "year"] = "month",
    until: date | None = None,
) -> tuple[list[Row], list[str], list[str]]:
    """Whether the score moved because other customers answered or because the same kinds scored differently.

    Arguments and errors as `score`; the score is that of all stages.

    Returns:
        A row for the whole change (segment NULL), then one per segment, those that moved it most first.
    """
    row, table = _one(connection, f"{_PERIOD}, nps, {_CHANGE}", grain, "all", None, None, until)
    parts = _rows(
        connection,
        "SELECT dimension, segment, mix_effect, score_effect FROM nps.change_parts WHERE grain = $grain "
        f"AND period_start = CAST($start AS DATE) AND dimension = $dimension "
        f"ORDER BY abs(mix_effect) + abs(score_effect) DESC, segment LIMIT {MOST}",
        grain=grain,
        start=row["period_start"],
        dimension=dimension,
    )
    if not parts:
        _refuse(connection, "nps.change_parts", {"dimension": dimension, "grain": grain})
    whole = row | {"dimension": dimension, "segment": None}
    whole |= {name: sum(part[name] for part in parts) for name in ("mix_effect", "score_effect")}
    caveats = ["It splits the change as measured; whether there is one to explain, change_low and change_high say."]
    return [whole, *parts], [*caveats, *_caveats(row)], [table, "nps.change_parts"]


@_of_the_file
def answers_needed(
    connection: duckdb.DuckDBPyConnection, dimension: str = "all", month: date | None = None
) -> tuple[list[Row], list[str], list[str]]:
    """How many more answers the year's score of a group needs for the target margin, and how many invitations.

    Args:
        connection: the published file.
        dimension: whose groups; all for the shop as a whole.
        month: first day of the month; by default the newest.

    Raises:
        QuestionError: there are none of that dimension or month.
    """
    table = "loop.answers_needed"
    rows = _of_month(
        connection,
        table,
        _NEEDED,
        month,
        where="dimension = $dimension",
        order="answers_needed DESC, segment",
        dimension=dimension,
    )
    return rows, ["Where is_within_reach is false, there are too few buyers for it, however many are asked."], [table]


def _rows(connection: duckdb.DuckDBPyConnection, statement: str, **values: object) -> list[Row]:
    """Rows with numbers, texts and ISO dates as values, as JSON has them."""
    rows = frame(connection.sql(statement, params=values or None)).to_dicts()
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value


def _one(  # noqa: PLR0917
    connection: duckdb.DuckDBPyConnection,
    columns: str,
    grain: str,
    stage: str,
    dimension: str | None,
    segment: str | None,
    until: date | None,
) -> tuple[Row, str]:
    """The newest row that fits, and its table; of any segment if only a dimension is named."""
    if segment is not None and dimension is None:
        message = "segment needs its dimension"
        raise QuestionError(message)
    wanted = {"grain": grain, "stage": stage}
    wanted |= {name: value for name, value in (("dimension", dimension), ("segment", segment)) if value is not None}
    table = "nps.by_period" if dimension is None else "nps.by_segment"
    rows = _rows(
        connection,
        f"SELECT {columns} FROM {table} WHERE {_equal(wanted)} "
        "AND ($until IS NULL OR period_end <= CAST($until AS DATE) + 1) ORDER BY period_end DESC LIMIT 1",
        **wanted,
        until=until,
    )
    if not rows:
        _refuse(connection, table, wanted)
    return rows[0], table


def _of_month(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    columns: str,
    month: date | None,
    *,
    where: str,
    order: str,
    **wanted: str,
) -> list[Row]:
    rows = _rows(
        connection,
        f"SELECT {columns} FROM {quoted(table)} WHERE {where} AND month = coalesce(CAST($month AS DATE), "
        f"(SELECT max(month) FROM {quoted(table)})) ORDER BY {order} LIMIT {MOST}",
        **wanted,
        month=month,
    )
    if not rows:
        _refuse(connection, table, wanted)
    return rows


def _equal(names: Iterable[str]) -> str:
    return " AND ".join(f"{name} = ${name}" for name in names)


def _refuse(connection: duckdb.DuckDBPyConnection, table: str, wanted: dict[str, str]) -> NoReturn:
    """Say which of the values is unknown, and which are known; else that no period fits.

    Raises:
        QuestionError: always.
    """
    above: dict[str, str] = {}
    for name, value in wanted.items():
        where = f" WHERE {_equal(above)}" if above else ""
        statement = f"SELECT DISTINCT {name} AS value FROM {quoted(table)}{where} ORDER BY 1"
        known = [str(row["value"]) for row in _rows(connection, statement, **above)]
        if value not in known:
            more = f" and {len(known) - MOST} more" if len(known) > MOST else ""
            message = f"unknown {name}; known are: {', '.join(known[:MOST])}{more}"
            raise QuestionError(message)
        above[name] = value
    message = f"{table} has no row of that period"
    raise QuestionError(message)


def _caveats(row: Row) -> list[str]:
    few = [] if row.get("is_reliable", True) else [FEW]
    return [FOR_WHOM, *few, *([] if row["is_complete"] else [OPEN])]
