"""Every number on the page is that of the published file."""

from __future__ import annotations

import re
from collections import Counter

import duckdb
import pytest

from pipelines.ops.published import opened_published
from pipelines.report.reading import MOST_ROWS, raw

# Blocks whose rows stand in one published table or view as they are: its name, what belongs in it, and its columns.
STRAIGHT = {
    "score_by_month": (
        "nps.by_period",
        "grain = 'month'",
        "stage, period_start, nps, nps_low, nps_high, responses, every_nps",
    ),
    "categories_by_month": ("nps.by_period", "grain = 'month'", "stage, period_start, promoters, passives, detractors"),
    "everybody": (
        "nps.everybody",
        "grain = 'trailing_365d' AND month = '2025-05-01'",
        "method, buyers, answered, nps, nps_low, nps_high",
    ),
    "segments": (
        "nps.by_segment",
        "grain = 'trailing_365d' AND month = '2025-05-01'",
        "stage, dimension, segment, nps, nps_low, nps_high, pooled_nps, difference, adjusted_p_value",
    ),
    "topics": (
        "nps.drivers",
        "grain = 'trailing_365d' AND language = 'all' AND month = '2025-05-01'",
        "stage, topic, mentions, impact, impact_low, impact_high",
    ),
    "promoter_value": (
        "value.promoter_value",
        "month = '2025-06-01' AND category <> 'no_longer_credited'",
        "category, customers, own_value, reward_cost, total_value, total_value_low, total_value_high",
    ),
    "after_answer": (
        "value.after_answer",
        "month = '2025-06-01'",
        "category, score, customers, revenue_12m, revenue_low",
    ),
    "at_risk": (
        "value.at_risk",
        "month = '2025-06-01'",
        "category, customers, calibrated_at_risk_90d, backtest_actual",
    ),
    "groups": (
        "value.rfm",
        "month = '2025-06-01' AND recency_quintile IS NULL",
        "rfm_group, customers, revenue, pooled_nps",
    ),
    "audiences": ("loop.audience_sizes", "month = '2025-06-01'", "audience, customers, entered, departed"),
    "coverage": (
        "nps.coverage",
        "grain = 'trailing_365d' AND month = '2025-05-01'",
        "dimension, segment, buyers, responded, representation",
    ),
}


@pytest.fixture(scope="module")
def connection(simulated_year):
    with opened_published(simulated_year) as connection:
        yield connection


def values(connection: duckdb.DuckDBPyConnection, statement: str) -> list[tuple[str | None, ...]]:
    return [tuple(map(raw, row)) for row in connection.sql(statement).fetchall()]


def test_every_table_holds_what_the_sql_beside_it_gives(connection, page) -> None:
    compared = 0
    for name, block in page.blocks.items():
        if not block.sql:
            assert name == "calibration" or block.empty
            continue
        rows = values(connection, block.sql)[:MOST_ROWS]
        assert [tuple(value for value, _ in cells) for cells in block.cells] == rows, name
        compared += sum(map(len, rows))
    assert compared > 5_000


@pytest.mark.parametrize("name", STRAIGHT)
def test_a_block_is_its_published_table(connection, page, name) -> None:
    table, where, columns = STRAIGHT[name]
    block, wanted = page.blocks[name], columns.split(", ")
    places = [block.columns.index(column) for column in wanted]
    stored = values(connection, f"SELECT {columns} FROM {table} WHERE {where}")
    # Codes are shown by name; the numbers tell the rows apart.
    numbers = [place for place, value in enumerate(stored[0]) if value is not None]
    shown = Counter(tuple(cells[places[place]][0] for place in numbers) for cells in block.cells)
    assert shown <= Counter(tuple(row[place] for place in numbers) for row in stored)
    assert shown.total() == min(len(stored), MOST_ROWS) > 2


def test_a_number_is_written_as_it_is(page) -> None:
    """What is written says the same as what is stored, to the digits that are shown."""
    written = 0
    for name, block in page.blocks.items():
        for cells in block.cells:
            for column, (value, text) in zip(block.columns, cells, strict=True):
                if not value or not re.fullmatch(r"-?\d+(\.\d+)?", value):
                    continue
                if not (said := re.fullmatch(r"(<\s)?([+-]?)€?([+-]?[\d,]+(?:\.(\d+))?)(%?)", text.replace("-€", "-"))):
                    assert column.endswith("_date") or not text, (name, column, value, text)
                    continue
                number = float((said[2] + said[3]).replace(",", ""))
                digits = len(said[4] or "")
                wanted = float(value) * (100 if said[5] else 1)
                if said[1]:
                    assert wanted < number
                else:
                    assert abs(number - wanted) <= 0.5000001 * 10**-digits, (name, column, value, text)
                written += 1
    assert written > 4_000


def test_a_point_says_what_its_table_says(page) -> None:
    """Numbers in the name of a point are written in a row of its table."""
    said = 0
    for name, block in page.blocks.items():
        texts = {text for cells in block.cells for _, text in cells}
        numbers = {number for text in texts for number in re.findall(r"\d[\d,.]*\d|\d", text)}
        for label in block.points:
            assert set(re.findall(r"\d[\d,.]*\d|\d", label)) <= numbers | {"2", "10"}, (name, label)
            said += 1
    assert said > 400


def test_the_tiles_are_the_newest_complete_scores(connection, html) -> None:
    [(year, month)] = connection.sql(
        "SELECT max(nps) FILTER (grain = 'trailing_365d'), max(nps) FILTER (grain = 'month') FROM nps.by_period "
        "WHERE stage = 'all' AND month = '2025-05-01' AND is_complete"
    ).fetchall()
    shown = re.findall(r'<p class="figure">([^<]*)</p>', html)
    assert shown[:2] == [f"{year:.1f}", f"{month:.1f}"]
    [(low, high)] = connection.sql(
        "SELECT nps_low, nps_high FROM nps.everybody WHERE method = 'range' AND grain = 'trailing_365d' "
        "AND month = '2025-05-01'"
    ).fetchall()
    assert shown[2] == f"{low:.1f} to {high:.1f}"


def test_answers_more_are_those_that_the_formula_asks_for(connection, page) -> None:
    block = page.blocks["scores"]
    place = block.columns.index("more_answers")
    [(responses, smallest)] = connection.sql(
        "SELECT responses, smallest_detectable_change FROM nps.by_period "
        "WHERE stage = 'all' AND grain = 'month' AND month = '2025-05-01'"
    ).fetchall()
    more = int(block.cells[0][place][0])
    # The smallest change that is found goes with the root of the answers and of the three pseudo-answers.
    reached = smallest * ((responses + 3) / (responses + more + 3)) ** 0.5
    one_less = smallest * ((responses + 3) / (responses + more + 2)) ** 0.5
    assert reached <= 5 < one_less
