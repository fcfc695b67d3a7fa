"""The six charts of the page, one function each: rows in, SVG out.

Here: which mark shows what. Not here: colours and SVG (drawing.py), rows and words (the sections). A frame's columns
are named in each docstring; `label` is what a point says of itself to keyboard, screen reader and mouse. Values are
numbers as published: none is computed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

import altair as alt
import polars as pl

from pipelines.report.drawing import (
    ACCENT,
    CARD,
    CATEGORY_COLOURS,
    INK,
    NARROW,
    SHAPES,
    SOFT,
    WIDE,
    Drawing,
    Specification,
    specification,
    svg,
)
from pipelines.report.language import Language

# Space for the names of rows, in CSS pixels, and the part of it that they may fill: a browser's letters may be wider
# than those of the machine that draws.
NAMES = {WIDE: 260, NARROW: 146}
FILLED = 0.82
# Names of months and days side by side, at most.
TICKS = {WIDE: 10, NARROW: 4}
ROW = 26
DASHES = {"promoter": [1, 0], "passive": [6, 3], "detractor": [2, 3], "unsurveyed": [8, 3, 2, 3]}
SILENT: dict[str, Any] = {"aria": False}
QUIET: dict[str, Any] = {"domain": False, "ticks": False}
Channel = TypeVar("Channel", alt.Color, alt.Shape, alt.StrokeDash)


def line_with_band(
    rows: pl.DataFrame,
    language: Language,
    *,
    title: str,
    axis: str,
    rule: float | None = None,
    is_log: bool = False,
    is_small: bool = False,
) -> Drawing:
    """A line over time in its band of uncertainty.

    Args:
        rows: x (texts in order), value, low, high (null: no band), other (a second, dashed line; null: none), is_open
            (a hollow point: the period goes on), label.
        language: of the axis.
        title: of the chart.
        axis: title of the vertical axis.
        rule: height of a line to compare with.
        is_log: whether heights are logarithms.
        is_small: only the narrow drawing, for several side by side.
    """
    seen = rows.with_columns(fill=pl.when("is_open").then(pl.lit(CARD)).otherwise(pl.lit(ACCENT)))

    def draw(width: int) -> str:
        made = _line_with_band(width, axis, rule, is_log, seen.height)
        return svg(made, seen, language, title=title)

    return Drawing(draw(NARROW)) if is_small else Drawing(draw(WIDE), draw(NARROW))


@cache
def _line_with_band(width: int, axis: str, rule: float | None, is_log: bool, count: int) -> Specification:  # noqa: FBT001
    scale = alt.Scale(type="log") if is_log else alt.Scale(zero=False, nice=True)
    heights: dict[str, Any] = {"values": [0.01, 0.1, 1, 10, 100, 1000]} if is_log else {"tickCount": 5}
    y = alt.Y("value:Q", scale=scale, axis=alt.Axis(title=axis, **heights, **QUIET))
    base = alt.Chart().encode(x=_times(width, count))
    point: dict[str, Any] = {"fill": alt.Fill("fill:N", scale=None), "description": "label:N"}
    layers = [
        base.mark_area(color=ACCENT, opacity=0.18, **SILENT).encode(y=alt.Y("low:Q", scale=scale), y2="high:Q"),
        base.mark_line(color=SOFT, strokeDash=[5, 4], strokeWidth=1.5, **SILENT).encode(y="other:Q"),
        base.mark_line(color=ACCENT, strokeWidth=2.5, **SILENT).encode(y=y),
        base.mark_point(filled=True, size=_dot(width, count), opacity=1, stroke=ACCENT, strokeWidth=1.5).encode(
            y=y, **point
        ),
    ]
    if rule is not None:
        at = alt.Chart(alt.InlineData(values=[{"value": rule}]))
        layers.append(at.mark_rule(color=INK, strokeDash=[6, 4], **SILENT).encode(y="value:Q"))
    return specification(alt.layer(*layers), width=width, height=240 if width == WIDE else 190)


def _times(width: int, count: int) -> alt.X:
    """An axis of months or days of which only some are named, so that names have room in every browser's font."""
    every = -(-count // TICKS[width])
    named = f"round(datum.index * {count - 1}) % {every} ? '' : datum.label"
    return alt.X(
        "x:O",
        sort=None,
        axis=alt.Axis(title=None, labelAngle=0, labelPadding=8, labelExpr=named, labelOverlap=False, **QUIET),
    )


def _dot(width: int, count: int) -> int:
    """Area of a point, smaller where there are many."""
    return max(12, min(60, 30 * width // (10 * count)))


def dots_with_intervals(
    rows: pl.DataFrame,
    language: Language,
    *,
    title: str,
    axis: str,
    rule: float | None = None,
    is_small: bool = False,
    number: str = ",.0f",
) -> Drawing:
    """A row of its own for each value, with its interval.

    Args:
        rows: name (in order from the top), value (null: only the interval), low, high, colour, shape, is_faint (hollow:
            not to be relied on), label.
        language: of the axis.
        title: of the chart.
        axis: title of the horizontal axis.
        rule: place of a line to compare with.
        is_small: only the narrow drawing, for several side by side.
        number: format of the axis, as d3 writes it.
    """
    seen = rows.with_columns(fill=pl.when("is_faint").then(pl.lit(CARD)).otherwise("colour"))

    def draw(width: int) -> str:
        made = _dots_with_intervals(width, axis, rule, number)
        return svg(made, seen, language, title=title, height=ROW * seen["name"].n_unique())

    return Drawing(draw(NARROW)) if is_small else Drawing(draw(WIDE), draw(NARROW))


@cache
def _dots_with_intervals(width: int, axis: str, rule: float | None, number: str) -> Specification:
    scale = alt.Scale(zero=False, nice=True, padding=10)
    x_axis = alt.Axis(title=axis, tickCount=6 if width == WIDE else 4, format=number, **QUIET)
    colour: dict[str, Any] = {"color": alt.Color("colour:N", scale=None)}
    base = alt.Chart().encode(y=_names(NAMES[width]))
    layers = [
        base.mark_rule(strokeWidth=2.5, **SILENT).encode(
            x=alt.X("low:Q", scale=scale, axis=x_axis), x2="high:Q", **colour
        ),
        base.transform_filter("datum.value !== null")
        .mark_point(filled=True, size=85, opacity=1, strokeWidth=2)
        .encode(
            x=alt.X("value:Q", scale=scale, axis=x_axis),
            shape=alt.Shape("shape:N", scale=None),
            fill=alt.Fill("fill:N", scale=None),
            stroke=alt.Stroke("colour:N", scale=None),
            description="label:N",
        ),
    ]
    if rule is not None:
        at = alt.Chart(alt.InlineData(values=[{"value": rule}]))
        layers.insert(0, at.mark_rule(color=SOFT, strokeDash=[6, 4], **SILENT).encode(x="value:Q"))
    return specification(alt.layer(*layers), width=width)


def _names(space: int) -> alt.Y:
    """Names of rows, cut where the space ends."""
    axis = alt.Axis(title=None, labelLimit=int(FILLED * space), minExtent=space, maxExtent=space, **QUIET)
    return alt.Y("name:N", sort=None, axis=axis)


def stacked_shares(rows: pl.DataFrame, language: Language, *, title: str, axis: str, is_small: bool = False) -> Drawing:
    """Shares of the three categories over time, promoters at the bottom, detractors at the top.

    Args:
        rows: x (texts in order), category, start and end (shares, 0..1), label.
        language: of the axis.
        title: of the chart.
        axis: title of the vertical axis.
        is_small: only the narrow drawing, for several side by side.
    """

    def draw(width: int) -> str:
        return svg(_stacked_shares(width, axis, rows["x"].n_unique()), rows, language, title=title)

    return Drawing(draw(NARROW)) if is_small else Drawing(draw(WIDE), draw(NARROW))


@cache
def _stacked_shares(width: int, axis: str, count: int) -> Specification:
    y_axis = alt.Axis(title=axis, format="%", tickCount=5, **QUIET)
    bars = alt.Chart().mark_bar(stroke=CARD, strokeWidth=1 if count < 40 else 0.3)
    encoded = bars.encode(
        x=_times(width, count),
        y=alt.Y("start:Q", scale=alt.Scale(domain=[0, 1]), axis=y_axis),
        y2="end:Q",
        color=_category_scale(alt.Color, CATEGORY_COLOURS),
        description="label:N",
    )
    return specification(encoded, width=width, height=220 if width == WIDE else 180)


def waterfall(
    rows: pl.DataFrame, language: Language, *, title: str, axis: str, longest: float, lowest: float
) -> Drawing:
    """Steps from nothing to a total, from the top down.

    Args:
        rows: name (in order), start, end, is_total, label, text (written beside the bar).
        language: of the axis.
        title: of the chart.
        axis: title of the horizontal axis.
        longest: largest value of the axis, so that charts side by side compare.
        lowest: smallest value of the axis.
    """
    falls = pl.when(pl.col("end") < pl.col("start")).then(pl.lit("var(--detractor)")).otherwise(pl.lit(ACCENT))
    seen = rows.with_columns(
        right=pl.max_horizontal("start", "end"), colour=pl.when("is_total").then(pl.lit(INK)).otherwise(falls)
    )
    made = _waterfall(axis, longest, lowest)
    return Drawing(svg(made, seen, language, title=title, height=ROW * seen.height))


@cache
def _waterfall(axis: str, longest: float, lowest: float) -> Specification:
    scale = alt.Scale(domain=[lowest, longest * 1.4], nice=False)
    base = alt.Chart().encode(y=_names(NAMES[NARROW]))
    x = alt.X("start:Q", scale=scale, axis=alt.Axis(title=axis, tickCount=4, format=",.0f", **QUIET))
    layers = [
        base.mark_bar(height=16).encode(
            x=x, x2="end:Q", color=alt.Color("colour:N", scale=None), description="label:N"
        ),
        base.mark_text(align="left", dx=5, fontSize=12, color=INK, **SILENT).encode(
            x=alt.X("right:Q", scale=scale), text="text:N"
        ),
    ]
    return specification(alt.layer(*layers), width=NARROW)


def step_curves(rows: pl.DataFrame, language: Language, *, title: str, axis: str, x_axis: str) -> Drawing:
    """Shares that only grow with time, a curve for each category with its interval.

    Args:
        rows: x (a number), value, low, high (shares), category, name (written at the curve's end), label.
        language: of the axes.
        title: of the chart.
        axis: title of the vertical axis.
        x_axis: title of the horizontal axis.
    """
    seen = rows.with_columns(is_last=pl.col("x") == pl.col("x").max().over("category"))
    places = tuple(sorted({*seen["x"]}))

    def draw(width: int) -> str:
        return svg(_step_curves(width, axis, x_axis, places), seen, language, title=title)

    return Drawing(draw(WIDE), draw(NARROW))


@cache
def _step_curves(width: int, axis: str, x_axis: str, places: tuple[float, ...]) -> Specification:
    days = alt.Axis(title=x_axis, values=list(places), grid=False, labelOverlap="greedy", **QUIET)
    scale = alt.Scale(domain=[0, max(places)], nice=False)
    colour = _category_scale(alt.Color, CATEGORY_COLOURS)
    base = alt.Chart().encode(x=alt.X("x:Q", scale=scale, axis=days), color=colour)
    y = alt.Y("value:Q", axis=alt.Axis(title=axis, format="%", tickCount=5, **QUIET), scale=alt.Scale(domainMin=0))
    layers = [
        base.mark_area(opacity=0.12, interpolate="step-after", **SILENT).encode(y="low:Q", y2="high:Q"),
        base.mark_line(interpolate="step-after", strokeWidth=2.5, **SILENT).encode(
            y=y, strokeDash=_category_scale(alt.StrokeDash, DASHES)
        ),
        base.mark_point(filled=True, size=60, opacity=1).encode(
            y=y, shape=_category_scale(alt.Shape, SHAPES), description="label:N"
        ),
        base.transform_filter("datum.is_last")
        .mark_text(align="left", dx=8, fontSize=12, **SILENT)
        .encode(y=y, text="name:N", color=alt.value(INK)),
    ]
    right = 110 if width == WIDE else 88
    return specification(alt.layer(*layers), width=width, height=260 if width == WIDE else 210, right=right)


def _category_scale(channel: type[Channel], values: Mapping[str, Any]) -> Channel:
    """What a category looks like in a channel."""
    return channel("category:N", scale=alt.Scale(domain=list(values), range=list(values.values())))


def heat_grid(rows: pl.DataFrame, language: Language, *, title: str, axis: str) -> Drawing:
    """Shares in a grid, the larger the stronger, each written in its cell.

    Args:
        rows: name (of the row, in order), column, place (of the column), strength (0..1), text, label.
        language: of nothing, since there is no numeric axis.
        title: of the chart.
        axis: title of the columns.
    """
    is_text = rows["column"].dtype == pl.String

    def draw(width: int) -> str:
        made = _heat_grid(width, axis, rows["column"].n_unique(), is_text)
        return svg(made, rows, language, title=title, height=ROW * rows["name"].n_unique())

    return Drawing(draw(WIDE), draw(NARROW))


@cache
def _heat_grid(width: int, axis: str, columns: int, is_text: bool) -> Specification:  # noqa: FBT001
    size = 12 if width == WIDE else (8.5 if columns > 7 else 11)
    tops = alt.Axis(
        title=axis, orient="top", labelAngle=-50 if is_text else 0, labelLimit=110, labelOverlap=False, **QUIET
    )
    base = alt.Chart().encode(
        x=alt.X("column:O", sort=alt.EncodingSortField("place", op="min"), axis=tops),
        y=_names(NAMES[WIDE] if width == WIDE else 104),
    )
    strength = alt.Opacity("strength:Q", scale=alt.Scale(domain=[0, 1], range=[0.03, 0.5]))
    layers = [
        base.mark_rect(color=ACCENT, stroke=CARD).encode(opacity=strength, description="label:N"),
        base.mark_text(fontSize=size, color=INK, **SILENT).encode(text="text:N"),
    ]
    # The last name leans beyond its column.
    right = {WIDE: 56, NARROW: 70}[width] if is_text else 6
    return specification(alt.layer(*layers), width=width, right=right)
