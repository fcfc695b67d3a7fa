"""The charts: every row is a point that says what it is, and nothing moves or scripts."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import polars as pl
import pytest

from pipelines.report import charts
from pipelines.report.drawing import NARROW, WIDE, Drawing
from pipelines.report.language import Language

ENGLISH = Language("en", ZoneInfo("UTC"), "EUR")
MONTHS = ["Jan 2026", "Feb 2026", "Mar 2026"]
LINE = pl.DataFrame(
    {
        "x": MONTHS,
        "value": [10.0, 20.0, 15.0],
        "low": [0.0, 12.0, None],
        "high": [20.0, 28.0, None],
        "other": [11.0, 21.0, 16.0],
        "is_open": [False, False, True],
        "label": ["January: 10", "February: 20", "March: 15"],
    }
)
DOTS = pl.DataFrame(
    {
        "name": ["all", "DE", "<b>FR</b>"],
        "value": [1.0, None, 3.0],
        "low": [0.0, 1.0, 2.0],
        "high": [2.0, 3.0, 4.0],
        "colour": "var(--accent)",
        "shape": "circle",
        "is_faint": [False, False, True],
        "label": ['a "quoted" one', "none", "<script>alert(1)</script>"],
    }
)
SHARES = pl.DataFrame(
    {
        "x": [MONTHS[0]] * 3,
        "category": ["promoter", "passive", "detractor"],
        "start": [0.0, 0.5, 0.8],
        "end": [0.5, 0.8, 1.0],
        "label": ["promoters 5", "passives 3", "detractors 2"],
    }
)
FALL = pl.DataFrame(
    {
        "name": ["Own", "Rewards", "Together"],
        "start": [0.0, 10.0, 0.0],
        "end": [10.0, 8.0, 8.0],
        "is_total": [False, False, True],
        "label": ["own 10", "rewards 2", "together 8"],
        "text": ["10", "−2", "8"],
    }
)
CURVES = pl.DataFrame(
    {
        "x": [30, 60, 30, 60],
        "value": [0.1, 0.2, 0.3, 0.4],
        "low": [0.0, 0.1, 0.2, 0.3],
        "high": [0.2, 0.3, 0.4, 0.5],
        "category": ["detractor", "detractor", "promoter", "promoter"],
        "name": ["Detractors", "Detractors", "Promoters", "Promoters"],
        "label": ["d30", "d60", "p30", "p60"],
    }
)
GRID = pl.DataFrame(
    {
        "name": ["Jan", "Jan", "Feb"],
        "column": [1, 2, 1],
        "place": [1, 2, 1],
        "strength": [1.0, 0.5, 0.2],
        "text": ["20%", "10%", "4%"],
        "label": ["Jan 1", "Jan 2", "Feb 1"],
    }
)
MADE = {
    "line": (charts.line_with_band(LINE, ENGLISH, title="T", axis="points"), LINE["label"]),
    "log": (charts.line_with_band(LINE, ENGLISH, title="T", axis="points", rule=20.0, is_log=True), LINE["label"]),
    "dots": (charts.dots_with_intervals(DOTS, ENGLISH, title="T", axis="points", rule=0.0), DOTS["label"][[0, 2]]),
    "shares": (charts.stacked_shares(SHARES, ENGLISH, title="T", axis="share"), SHARES["label"]),
    "waterfall": (
        charts.waterfall(FALL, ENGLISH, title="T", axis="money", longest=10.0, lowest=0.0),
        FALL["label"],
    ),
    "curves": (charts.step_curves(CURVES, ENGLISH, title="T", axis="share", x_axis="days"), CURVES["label"]),
    "grid": (charts.heat_grid(GRID, ENGLISH, title="T", axis="months"), GRID["label"]),
}


def drawings(drawing: Drawing) -> list[str]:
    return [one for one in (drawing.wide, drawing.narrow) if one]


def unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"').replace("&amp;", "&")


@pytest.mark.parametrize("name", MADE)
def test_every_row_is_a_point_with_its_name(name) -> None:
    drawing, labels = MADE[name]
    for svg in drawings(drawing):
        points = re.findall(r'<path aria-label="([^"]*)" role="img" class="point"', svg)
        assert [unescaped(point) for point in points] == list(labels)


@pytest.mark.parametrize("name", MADE)
def test_a_drawing_follows_the_theme_and_runs_nothing(name) -> None:
    for svg in drawings(MADE[name][0]):
        assert svg.startswith('<svg role="group" aria-label="T"')
        assert not re.search(r"<script|<foreignObject|href=|url\(|undefined|NaN|graphics-", svg)
        colours = set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg)) - {"none", "transparent"}
        assert colours
        assert all(re.fullmatch(r"var\(--\w+\)", colour) for colour in colours), colours


@pytest.mark.parametrize("name", [name for name in MADE if name != "waterfall"])
def test_the_second_drawing_is_for_a_phone(name) -> None:
    wide, narrow = (re.search(r' width="(\d+)"', svg) for svg in drawings(MADE[name][0]))
    assert wide
    assert narrow
    assert (int(wide[1]), int(narrow[1])) == (WIDE, NARROW)


def test_a_name_is_text() -> None:
    wide = MADE["dots"][0].wide
    assert "&lt;b&gt;FR&lt;/b&gt;" in wide
    assert "<b>" not in wide


def test_the_months_that_are_named_have_room() -> None:
    many = pl.concat([LINE.with_columns(x=pl.col("x") + f" {number}") for number in range(40)])
    drawing = charts.line_with_band(many, ENGLISH, title="T", axis="points")
    for svg, most in ((drawing.wide, 10), (drawing.narrow or "", 4)):
        named = re.findall(r">((?:Jan|Feb|Mar) 2026 \d+)</text>", svg)
        assert 2 <= len(named) <= most


def test_axes_speak_the_language() -> None:
    german = Language("de", ZoneInfo("UTC"), "EUR")
    rows = DOTS.with_columns(pl.col("value", "low", "high") * 10_000)
    assert ">30.000<" in charts.dots_with_intervals(rows, german, title="T", axis="Punkte").wide
    assert ">30,000<" in charts.dots_with_intervals(rows, ENGLISH, title="T", axis="points").wide
