"""`northstar calibrate`: which intervals it measures, what it counts with a fixed seed, and the section it writes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from assets.cli import main
from pipelines.calibrate.intervals import INTERVALS
from pipelines.calibrate.measure import END, ZONE, Measured, default_settings
from pipelines.calibrate.page import BEGIN, COLUMNS, NOT_MEASURED, NoPlaceError, between, put, rows, section, text
from pipelines.calibrate.page import END as END_LINE
from pipelines.calibrate.standing import by_edges
from pipelines.calibrate.truth import every_buyer, lifetime_value
from pipelines.rfm_groups import CELLS
from pipelines.settings import Settings
from pipelines.simulate.world import build
from pipelines.value.rfm_state import quintiles

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "pipelines/statistics/README.md"
WITHOUT_TRUTH = {"value.growth.elasticity_low", "nps.benchmarks.low"}


def measured(held: int = 90) -> Measured:
    """Counts of two intervals; the first has a part that too few shops have."""
    counts = pl.DataFrame(
        {
            "interval": [0, 0, 0, 1],
            "part": ["all", "prospect", "relational", "all"],
            "draws": [100, 5, 200, 0],
            "held": [held, 0, 190, 0],
            "without": [0, 1, 0, 7],
        },
        schema_overrides={"interval": pl.UInt32},
    )
    return Measured(100, 50, 1, 0.95, counts, 0.5)


def test_every_published_interval_is_in_the_list_once() -> None:
    with duckdb.connect() as connection:
        for path in sorted((ROOT / "sql/schema").glob("*.sql")):
            if path.stem in {"nps", "value"}:
                connection.execute(path.read_text(encoding="utf-8"))
        columns = connection.execute(
            "SELECT schema_name || '.' || table_name || '.' || column_name FROM duckdb_columns()"
            " WHERE column_name = 'low' OR ends_with(column_name, '_low')"
        ).fetchall()
    named = [interval.column for interval in INTERVALS]
    assert sorted(named) == sorted(name for (name,) in columns)
    assert len(named) == 33


def test_what_has_no_truth_says_why() -> None:
    without = {
        interval.column: interval.why for interval in INTERVALS if interval.truth is None and interval.compared is None
    }
    assert without.keys() == WITHOUT_TRUTH
    assert all(why.startswith(("no truth: ", "no interval of ours: ")) for why in without.values())


def test_a_row_says_share_draws_and_the_weakest_part() -> None:
    first, second, *others = rows(measured())
    why = INTERVALS[0].why
    assert first == ("nps.by_period.nps_low", "0.95", "0.918", "305", "1", "all 0.900", why)
    assert second[:6] == ("nps.by_period.change_low", "", NOT_MEASURED, "0", "7", "")
    assert len(others) == len(INTERVALS) - 2
    assert text(measured()).splitlines()[0].split("  ")[0] == "figure"


def test_the_section_lies_between_the_marker_lines_and_nothing_else_changes() -> None:
    page = f"# Methods\n\n{BEGIN}\nold\n{END_LINE}\n\n## More\n"
    written = put(page, section(measured()))
    assert written.startswith(f"# Methods\n\n{BEGIN}\n## How often")
    assert written.endswith(f"\n{END_LINE}\n\n## More\n")
    assert between(written) == section(measured())
    assert put(written, section(measured())) == written
    assert put(written, section(measured(80))) != written


@pytest.mark.parametrize("page", ["", BEGIN, f"{END_LINE}\n{BEGIN}", f"{BEGIN}\n{BEGIN}\n{END_LINE}"])
def test_a_page_without_a_place_is_refused(page: str) -> None:
    with pytest.raises(NoPlaceError, match="the file needs the line"):
        put(page, "")


def test_the_readme_has_what_the_command_writes() -> None:
    lines = between(PAGE.read_text(encoding="utf-8")).splitlines()
    table = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    head, rule, *body = table
    assert tuple(head) == COLUMNS
    assert set("".join(rule)) == {"-"}
    whys = {interval.column: interval.why for interval in INTERVALS}
    columns = [row[0].partition("`")[0] for row in body]
    assert list(dict.fromkeys(columns)) == list(whys)
    assert [row[-1] for row in body] == [whys[column] for column in columns]
    assert {row[0] for row in body if row[2] == NOT_MEASURED} == WITHOUT_TRUTH
    assert all(0 <= float(row[2]) <= 1 and int(row[3]) >= 100 for row in body if row[0] not in WITHOUT_TRUTH)


def test_the_settings_are_nobody_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORTHSTAR_CONFIDENCE", "0.5")
    monkeypatch.setenv("NORTHSTAR_COUNTING", "all")
    settings = default_settings()
    assert (settings.confidence, settings.counting, settings.timezone) == (0.95, "latest", ZONE)
    assert settings.as_of.isoformat() == "2025-06-30T22:00:00+00:00"


def test_planted_truths_of_a_shop() -> None:
    world = build(customers=400, months=20, seed=2, end=END, zone=ZONE)
    worth = dict(lifetime_value(world).rows())
    assert worth["promoter"] > worth["passive"] > worth["detractor"] > 0
    score = dict(every_buyer(world).rows())
    assert score.keys() == {"trailing_365d", "quarter"}
    assert all(-30 < points < 60 for points in score.values())


def test_two_small_shops_are_measured_and_written(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"{BEGIN}\n{END_LINE}\n", encoding="utf-8")
    arguments = ["calibrate", "--shops", "2", "--customers", "100", "--seed", "5", "--write", str(page)]
    done = CliRunner().invoke(main, arguments)
    assert done.exit_code == 0, done.output
    assert "shop 2 of 2, " in done.stderr
    shown = {line.split()[0]: line for line in done.stdout.splitlines() if line.startswith(("nps.", "value."))}
    assert [name for name in shown if not name.endswith(",")] == [i.column for i in INTERVALS if not i.apart]
    written = between(page.read_text(encoding="utf-8"))
    assert written.startswith("## How often published intervals hold the truth\n\n2 simulated shops of 100 customers")
    figures = [line.split("|")[1:5] for line in written.splitlines() if line.startswith("| `")]
    found = {name.strip(" `"): (share.strip(), draws.strip()) for name, _, share, draws in figures}
    assert {name: found[name] for name in SMALL} == SMALL


def test_a_page_without_a_place_is_refused_before_anything_is_drawn(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("nothing\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["calibrate", "--write", str(page)])
    assert done.exit_code == 1
    assert "there is no place for the table" in done.stderr
    assert "drawing" not in done.stderr
    assert page.read_text(encoding="utf-8") == "nothing\n"


# Measured and draws of the seeds 5 and 6.
SMALL = {
    "nps.by_period.nps_low": ("0.955", "44"),
    "nps.by_segment.difference_low": ("0.973", "633"),
    "nps.coverage.representation_low": ("0.823", "79"),
    "nps.everybody.nps_low`, as_answered": ("1.000", "4"),
    "nps.drivers.impact_low": ("0.997", "340"),
    "value.by_category.lifetime_value_low`, promoter": ("1.000", "2"),
    "value.promoter_value.raw_low": ("0.667", "3"),
    "value.repurchase.rate_low": ("0.930", "57"),
}


def test_a_large_shop_is_cut_where_a_small_one_is() -> None:
    def standing(days: list[int], orders: list[int], cents: list[int], said: list[int]) -> pl.DataFrame:
        cell = np.zeros(len(days), dtype=np.int64)
        for values in (days, orders, cents):
            cell = cell * 5 + quintiles(np.array(values)) - 1
        named = {"recency": days, "frequency": orders, "money": cents, "cell": cell, "category": said}
        return pl.DataFrame(named)

    promoter, passive, detractor, unsurveyed = 0, 1, 2, 3
    small = standing([1, 2, 3, 4, 5], [1, 1, 1, 1, 2], [10, 20, 30, 40, 50], [promoter] * 5)
    # By the small shop's edges the first two are (1, 3, 1), by their own they would not be; the third is (5, 5, 5).
    large = standing(
        [1, 1, 9, 9, 0], [1, 1, 7, 7, 1], [19, 10, 99, 50, 0], [promoter, detractor, passive, promoter, unsurveyed]
    )
    settings = Settings()
    cells = {name: place for place, name in enumerate(CELLS)}
    names = settings.rfm_groups
    found = by_edges(large, small, settings)
    combinations = found.filter(pl.col("recency_quintile").is_not_null()).sort("recency_quintile")
    assert combinations.rows() == [
        (names[cells[1, 3, 1]], 1, 3, 1, 0.0),
        (names[cells[5, 5, 5]], 5, 5, 5, 50.0),
    ]
    groups = found.filter(pl.col("recency_quintile").is_null()).select("rfm_group", "truth").sort("rfm_group")
    assert groups.rows() == sorted([(names[cells[1, 3, 1]], 0.0), (names[cells[5, 5, 5]], 50.0)])
