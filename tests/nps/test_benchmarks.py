"""nps.benchmarks: what is shipped, what is added, what is refused, and the comparison with a range."""

from __future__ import annotations

import pytest
from warehouse.small_warehouse import computed_warehouse, rows, warehouse

from pipelines.nps.benchmarks import SHIPPED, BenchmarksError, read_benchmarks, refresh

HEADER = "name,industry,year,nps,low,high,source\n"


def test_the_shipped_figures_contradict_each_other_and_have_sources():
    shipped = read_benchmarks(SHIPPED, is_own=False)
    shop = shipped.filter(industry="e-commerce")
    assert (shop["low"].min(), shop["high"].max()) == (28, 62)
    assert shipped["source"].str.len_chars().min() > 5
    assert shipped.filter(industry="beauty").select("nps", "low", "high").row(0) == (None, 35, 45)


def test_own_figures_are_added_and_a_second_refresh_changes_nothing(tmp_path):
    with warehouse(tmp_path) as (connection, settings):
        (settings.home / "benchmarks.csv").write_text(HEADER + "Ours,Lamps,,41,,,a friend\n")
        assert refresh(connection, settings) == refresh(connection, settings)
        result = rows(connection, "nps.benchmarks")
        assert result.filter(is_own=True).row(0) == ("Ours", "lamps", None, 41, 41, 41, "a friend", True)
        assert result.filter(is_own=False).height == read_benchmarks(SHIPPED, is_own=False).height


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (",Lamps,,41,,,x", "row 2, column name is ''; allowed is any text"),
        ("a,Lamps,,141,,,x", "row 2, column nps is '141'; allowed is a score from -100 to 100"),
        ("a,Lamps,,many,,,x", "row 2, column nps is 'many'; allowed is a score"),
        ("a,Lamps,,,10,,x", "row 2, column nps is ''; allowed is a score from -100 to 100, or both low and high"),
        ("a,Lamps,,,20,10,x", "row 2, column low is '20'; allowed is a score not above"),
        ("a,Lamps,26,41,,,x", "row 2, column year is '26'; allowed is a year"),
        ("a,Lamps,2026,41,,,x,y", "row 2, column 8 is 'y'; allowed is nothing"),
    ],
)
def test_the_error_names_an_invalid_value(tmp_path, line, message):
    file = tmp_path / "benchmarks.csv"
    file.write_text(HEADER + line + "\n")
    with pytest.raises(BenchmarksError) as error:
        read_benchmarks(file, is_own=True)
    assert str(error.value).startswith(f"{file}, ")
    assert message in str(error.value)


@pytest.mark.parametrize("header", ["name,industry,score,source", "name,nps", "name,industry,source,source"])
def test_the_error_names_an_invalid_header(tmp_path, header):
    (tmp_path / "b.csv").write_text(f"{header}\n")
    with pytest.raises(
        BenchmarksError, match=f"row 1 is '{header}'; allowed is the header name,industry,.* may be mis"
    ):
        read_benchmarks(tmp_path / "b.csv", is_own=True)


def test_score_and_interval_are_compared_with_the_range(tmp_path):
    with computed_warehouse(tmp_path) as (connection, settings):
        [(low, high)] = connection.sql(
            "SELECT nps_low, nps_high FROM nps.by_period WHERE grain = 'trailing_365d' AND stage = 'all' "
            "ORDER BY period_end DESC LIMIT 1"
        ).fetchall()
        ranges = {"below": (high + 1, high + 2), "above": (low - 2, low - 1), "within": (low - 1, high + 1),
                  "undecided": (low + 1, high + 1)}  # fmt: skip
        (settings.home / "benchmarks.csv").write_text(
            HEADER + "".join(f"a,is {name},,{a},,,x\na,is {name},,{b},,,y\n" for name, (a, b) in ranges.items())
        )
        refresh(connection, settings)
        result = connection.sql(
            "SELECT industry, position, figures, sources FROM nps.benchmark_comparison "
            "WHERE starts_with(industry, 'is ')"
        ).fetchall()
        assert result == [(f"is {name}", name, 2, 2) for name in sorted(ranges)]
