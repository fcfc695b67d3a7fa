"""How charts look, and turning a chart into SVG.

Here: sizes, colours, fonts, and what the page needs of an SVG: no script, colours that follow the theme, one name per
point for keyboard and screen reader. Not here: which chart shows what (charts.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any

import altair as alt
import polars as pl
import polars.selectors as cs
import vl_convert

from pipelines.report.language import Language

# The plot with its axes. The second is drawn where the first cannot be read on a phone.
WIDE = 960
NARROW = 360
# Cascading variables of templates/page.css: the theme sets them, and a chart follows it without script.
INK, SOFT, RULE, ACCENT, CARD = "var(--ink)", "var(--soft)", "var(--rule)", "var(--accent)", "var(--card)"
CATEGORY_COLOURS = {
    "promoter": "var(--promoter)",
    "passive": "var(--passive)",
    "detractor": "var(--detractor)",
    "unsurveyed": "var(--unsurveyed)",
}
SHAPES = {"promoter": "circle", "passive": "square", "detractor": "triangle-up", "unsurveyed": "diamond"}

# A chart without data, as Vega-Lite reads it.
Specification = dict[str, Any]


@dataclass(frozen=True)
class Drawing:
    """A chart as SVG. narrow: the same for a phone; None where `wide` can be read there too."""

    wide: str
    narrow: str | None = None


def specification(
    chart: alt.Chart | alt.LayerChart | alt.FacetChart, *, width: int, height: int = 0, right: int = 6
) -> Specification:
    """A chart without data in the style of the page, as Vega-Lite reads it.

    Args:
        chart: with marks that have a `description` where they are points; others are silent.
        width: in CSS pixels, axes included.
        height: of the plot, without axes; 0 where it depends on the rows.
        right: space at the right for what is written there, in CSS pixels.
    """
    made: Specification = (
        chart.properties(
            width=width,
            height=height,
            background="transparent",
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
            padding={"left": 4, "top": 6, "bottom": 4, "right": right},
        )
        .configure(font="sans-serif")
        .configure_axis(
            labelColor=SOFT,
            titleColor=SOFT,
            labelFontSize=12,
            titleFontSize=12,
            titleFontWeight="normal",
            labelFontWeight="normal",
            domainColor=RULE,
            tickColor=RULE,
            gridColor=RULE,
            aria=False,
        )
        .configure_legend(disable=True)
        .configure_view(stroke=None)
        .to_dict(validate=False)
    )
    for layer in made.get("layer", []):
        # Altair says that a layer without data has none; it is to take those of the whole.
        if layer.get("data") == {"name": "empty"}:
            del layer["data"]
    return made


def svg(made: Specification, rows: pl.DataFrame, language: Language, *, title: str, height: int | None = None) -> str:
    """An SVG whose points have their names.

    Args:
        made: the chart without data: Altair takes three times as long to make one as Vega takes to draw it, so charts
            that look alike share it (a page with 90 charts takes 3 s instead of 6).
        rows: the data.
        language: of the numbers on the axes.
        title: what a screen reader says of the whole.
        height: of the plot, where it depends on the rows.
    """
    values = rows.with_columns(cs.numeric().cast(pl.Float64)).to_dicts()
    sized = {} if height is None else {"height": height}
    text = vl_convert.vegalite_to_svg(
        {**made, **sized, "data": {"values": values}}, format_locale=language.number_locale
    )
    return _for_the_page(text, title)


def _for_the_page(text: str, title: str) -> str:
    """Roles and names only for the points, a size that the page may change, and nothing that is not seen."""
    text = re.sub(r'<path class="(?:background|foreground)"[^>]*/>', "", text)
    symbol = r'(aria-label="[^"]*") role="graphics-symbol" aria-roledescription="[^"]*"'
    text = re.sub(symbol, r'\1 role="img" class="point"', text)
    text = re.sub(
        r' (?:role="graphics-\w+"|class="mark[^"]*"|aria-roledescription="[^"]*"|pointer-events="\w+")', "", text
    )
    text = re.sub(
        r' (?:font-family="[^"]*"|font-weight="normal"|opacity="1"|stroke-width="1"|stroke-miterlimit="\d+")', "", text
    )
    text = re.sub(r' (?:d|transform|x2|y2)="[^"]*"', lambda found: re.sub(r"(\.\d)\d+", r"\1", found[0]), text)
    head, size = re.compile(r"^<svg[^>]*>"), re.search(r'width="([\d.]+)" height="([\d.]+)" viewBox', text)
    if size is None:
        message = f"the chart {title!r} has no size"
        raise ValueError(message)
    opening = (
        f'<svg role="group" aria-label="{escape(title)}" width="{size[1]}" height="{size[2]}" '
        f'viewBox="0 0 {size[1]} {size[2]}">'
    )
    return head.sub(lambda _: opening, text)
