"""The page of every kind of shop: none, one answer, ten years and two hundred segments, hostile texts; and its file."""

from __future__ import annotations

import re
import shutil
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
from night import land, night, settings_for
from page_reader import PageReader
from shop_files import SHOP

from pipelines.core.currency import NO_CURRENCY
from pipelines.ops.published import opened_published
from pipelines.report.page import NothingPublishedError, render, write
from pipelines.settings import Settings

HOSTILE = (
    '<script>alert("x")</script><img src=x onerror=alert(1)> {{ 7 * 7 }} \u202eright to left\u202c 🦄 </table></svg>'
)


@contextmanager
def changed(simulated_year: Settings, tmp_path: Path, *statements: str):
    """A connection to a copy of the published file of the simulated year that these statements have changed."""
    copy = tmp_path / "northstar.duckdb"
    shutil.copyfile(simulated_year.published_path, copy)
    copy.chmod(0o600)
    with duckdb.connect(str(copy)) as connection:
        for statement in statements:
            connection.execute(statement)
        yield connection


def test_a_shop_with_nothing_has_a_page_that_says_so(tmp_path) -> None:
    settings = settings_for(tmp_path, as_of="2025-03-31T12:00:00Z")
    with pytest.raises(NothingPublishedError, match="northstar run"):
        write(settings)
    night(settings)
    page = PageReader(write(settings).read_text(encoding="utf-8"))
    assert all(block.empty for name, block in page.blocks.items() if name not in {"benchmarks", "calibration"})
    assert "No detractor has left a comment." in page.blocks["detractor_reasons"].empty


def test_one_answer_and_one_month(tmp_path) -> None:
    settings = settings_for(tmp_path, as_of="2025-03-31T12:00:00Z", language="de")
    header = "response_id,responded_at,score,survey,customer_email,comment\n"
    land(settings, {"one.csv": f"{header}r1,2025-02-10T10:00:00Z,10,nps,a@shop.example,sehr gut\n"})
    night(settings)
    html = write(settings).read_text(encoding="utf-8")
    page = PageReader(html)
    [scores] = [cells for cells in page.blocks["score_by_month"].cells if cells[0] == (None, "alle Befragungen")]
    assert dict(zip(page.blocks["score_by_month"].columns, scores, strict=True))["nps"] == ("100.0", "100,0")
    assert "zu wenige Antworten, um sich darauf zu verlassen" in html
    assert page.blocks["score_by_month"].points


def test_a_small_shop_without_money_has_scores(first_night, tmp_path) -> None:
    home = shutil.copytree(first_night, tmp_path / "home")
    page = PageReader(write(settings_for(home, as_of="2025-03-31T12:00:00Z")).read_text(encoding="utf-8"))
    assert page.blocks["score_by_month"].cells
    assert SHOP
    assert page.scripts == 1


def test_texts_of_strangers_stay_texts(simulated_year, tmp_path) -> None:
    long = "x" * 10_000
    statements = [
        f"UPDATE nps.drivers SET example = '{HOSTILE}', detractor_example = '{HOSTILE}'",
        f"UPDATE nps.by_segment SET segment = '{HOSTILE}' WHERE segment = 'DE'",
        f"UPDATE nps.by_segment SET segment = '{long}' WHERE segment = 'FR'",
        f"UPDATE loop.actions SET example = '{HOSTILE}{long}', segment = '{HOSTILE}'",
        f"UPDATE value.second_order SET segment = '{HOSTILE}' WHERE segment = 'Home'",
        f"INSERT INTO ops.doubts (doubt, records, advice, subject) VALUES ('unknown_status', 3, 'look', '{HOSTILE}')",
    ]
    with changed(simulated_year, tmp_path, *statements) as connection:
        html = render(connection, simulated_year)
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert "{{ 7 * 7 }}" in html
    assert long not in html
    assert len(html) < 1_500_000
    page = PageReader(html)
    assert page.scripts == 1
    columns = page.blocks["segments"].columns
    shown = {cells[columns.index("segment")][1] for cells in page.blocks["segments"].cells}
    assert HOSTILE in shown
    assert f"{'x' * 300}…" in shown


def test_a_table_that_the_file_lacks_is_named(simulated_year, tmp_path) -> None:
    with changed(simulated_year, tmp_path, "DROP VIEW value.rfm_now", "DROP TABLE nps.alarm") as connection:
        page = PageReader(render(connection, simulated_year))
    assert "no table rfm_now" in page.blocks["groups"].empty
    assert "no table alarm" in page.blocks["alarm"].empty
    assert page.blocks["score_by_month"].cells


@pytest.mark.parametrize("currency", ["", NO_CURRENCY])
def test_without_a_currency_no_money_is_shown_as_nothing(simulated_year, tmp_path, currency) -> None:
    unknown = f"UPDATE ops.state SET value = '{currency}' WHERE name = 'reporting_currency'"
    with changed(simulated_year, tmp_path, unknown) as connection:
        page = PageReader(render(connection, simulated_year))
    money = ("promoter_differences", "promoter_value", "after_answer", "repurchase", "cohorts", "groups", "at_risk")
    assert {page.blocks[name].empty for name in money} == {
        "No money to show: no order's currency is known, or there are several and NORTHSTAR_CURRENCY is not set."
    }
    assert page.blocks["score_by_month"].points


def test_ten_years_and_two_hundred_segments_fit(simulated_year, tmp_path) -> None:
    """Limits of the page: 2 MB, and 20 s of a machine that does nothing else."""
    years = "INSERT INTO nps.by_period SELECT * EXCLUDE (n) REPLACE (month - INTERVAL (n) YEAR AS month, "
    statements = [
        f"{years} period_start - INTERVAL (n) YEAR AS period_start, period_end - INTERVAL (n) YEAR AS period_end) "
        "FROM (FROM nps.by_period WHERE grain = 'month' AND month > DATE '2024-06-01') CROSS JOIN range(1, 10) t (n)",
        "INSERT INTO nps.by_segment SELECT * EXCLUDE (n) REPLACE ('Category ' || n AS segment) FROM "
        "(FROM nps.by_segment WHERE dimension = 'product_category' AND segment = 'Home') CROSS JOIN range(200) t (n)",
    ]
    with changed(simulated_year, tmp_path, *statements) as connection:
        begun = time.perf_counter()
        html = render(connection, simulated_year)
        seconds = time.perf_counter() - begun
    assert len(html.encode()) < 2_000_000
    assert seconds < 60
    page = PageReader(html)
    months = {cells[1][0] for cells in page.blocks["score_by_month"].cells if cells[0][1] == "all stages"}
    assert len(months) >= 120
    assert "Product category: 30 of 2" in html
    assert "rows more: the SQL gives all." in html


def test_the_page_says_when_and_until_when(simulated_year) -> None:
    with opened_published(simulated_year) as connection:
        html = render(connection, simulated_year, next_run=datetime(2025, 6, 21, 0, 0, tzinfo=UTC), is_demo=True)
    text = " ".join(PageReader(html).text)
    assert "June 20, 2025, 14:00 (Europe/Paris)" in text
    assert "June 21, 2025, 02:00 (Europe/Paris)" in text
    assert "This is a simulated shop." in text
    assert "trademarks of Bain & Company, Inc., NICE Systems, Inc. and Fred Reichheld" in text


def test_names_and_addresses_are_not_on_it(html, simulated_year) -> None:
    files = [file for file in simulated_year.landing.rglob("*") if file.suffix in {".csv", ".json"}]
    mails = {mail for file in files for mail in re.findall(r"[\w.+-]+@[\w.-]+", file.read_text(encoding="utf-8"))}
    assert len(mails) > 100
    assert not [mail for mail in mails if mail in html]
    assert "@" not in html.replace("@media", "").replace("@page", "")


def test_a_new_page_takes_the_place_of_the_old_one_at_once(first_night, tmp_path, monkeypatch) -> None:
    home = shutil.copytree(first_night, tmp_path / "home")
    settings = settings_for(home, as_of="2025-03-31T12:00:00Z")
    settings.report_path.write_text("the old one", encoding="utf-8")

    def fails(*args: object, **kwargs: object) -> str:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("pipelines.report.page.render", fails)
        with pytest.raises(RuntimeError):
            write(settings)
    assert settings.report_path.read_text(encoding="utf-8") == "the old one"
    assert write(settings) == settings.report_path
    assert settings.report_path.stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in settings.published.glob("*report*")) == ["report.html"]
    assert settings.report_path.read_text(encoding="utf-8").startswith("<!doctype html>")
