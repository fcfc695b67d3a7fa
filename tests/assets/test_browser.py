"""The operator's day in the real Dagster UI: a night by the schedule's job, backfills by clicks, all published.

Here: one webserver, one daemon, one browser on a shop in which a night has run; the tests follow each other. Not
here: what the figures are (tests/law, tests/nps, tests/value). NORTHSTAR_TEST_SCREENSHOTS names a folder for pictures.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from browser import (
    Tab,
    chromium,
    dagster_ui,
    find_chromium,
    finished_backfill,
    launch_backfill,
    launch_job,
    open_graph,
    opened_tree,
    runs,
    steps,
    wait_for,
    wait_for_sensor,
)
from night import hashes, land, rows, settings_for
from shop_files import SHOP

from assets.core import STALE_END, STALE_START
from assets.definitions import defs
from assets.partitions import RANGE_END, RANGE_START
from assets.schedules import NIGHT
from pipelines.figures import FIGURES
from pipelines.settings import Settings

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]

BACKFILL, SENSOR = "dagster/backfill", "dagster/sensor_name"
GROUPS = ("raw", "core", "ops", "nps", "value", "loop", "published")
MONTHS = ["2025-01-01", "2025-02-01", "2025-03-01"]
LATE_ANSWER = "response_id,responded_at,score,customer_email\nz,2025-02-25T09:00:00Z,6,cat@example.com\n"


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    if find_chromium() is None:
        if "NORTHSTAR_TEST_REQUIRE_BROWSER" in os.environ:
            pytest.fail("no Chromium, and NORTHSTAR_TEST_REQUIRE_BROWSER is set")
        pytest.skip("no Chromium on PATH; on Debian and Ubuntu: apt install chromium")
    home = tmp_path_factory.mktemp("browser") / "home"
    return {
        "NORTHSTAR_HOME": str(home),
        "NORTHSTAR_AS_OF": "2025-03-31T12:00:00Z",
        "NORTHSTAR_SALT": "a salt for the tests",
        "DAGSTER_HOME": str(home / "dagster"),
    }


@pytest.fixture(scope="module")
def shop(environment: dict[str, str]) -> Settings:
    """A shop in which the command line has done a night."""
    settings = settings_for(Path(environment["NORTHSTAR_HOME"]))
    land(settings, SHOP)
    command = [sys.executable, "-c", "from assets.cli import entry; entry()", "nightly"]
    done = subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return settings


@pytest.fixture(scope="module")
def url(shop: Settings, environment: dict[str, str]) -> Iterator[str]:
    with dagster_ui(environment, log=shop.home / "ui.log") as address:
        wait_for_sensor(address, "after_success")
        yield address


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def picture(tab: Tab, request: pytest.FixtureRequest) -> Iterator[Callable[[str], None]]:
    """Takes pictures where a test asks for one, and of how it ended."""
    folder = os.environ.get("NORTHSTAR_TEST_SCREENSHOTS")

    def take(name: str) -> None:
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            tab.page.screenshot(path=Path(folder) / f"{name}.png")

    yield take
    take(request.node.name)


def published_again(shop: Settings, url: str, before: int) -> None:
    wait_for(lambda: shop.published_path.stat().st_ino != before, progress=lambda: steps(url), every=1)


def sent_by_sensor(url: str, job: str, **tags: str) -> dict:
    """The run of a job that the sensor launched and that succeeded."""

    def found() -> dict | None:
        for run in runs(url):
            if (
                run["jobName"] == job
                and run["tags"].get(SENSOR) == "after_success"
                and tags.items() <= run["tags"].items()
            ):
                assert run["status"] not in {"FAILURE", "CANCELED"}, run
                return run if run["status"] == "SUCCESS" else None
        return None

    return wait_for(found, progress=lambda: steps(url), every=1)


@pytest.mark.usefixtures("picture", "shop")
def test_every_asset_is_in_its_group(url: str, tab: Tab) -> None:
    assets = sorted("/".join(asset.path) for asset in defs().resolve_asset_graph().get_all_asset_keys())
    tree = opened_tree(tab.page, url, GROUPS)
    shown = [f"{group}/{name}" for group, names in tree.items() for name in names]
    assert sorted(shown) == assets
    assert set(tree) == set(GROUPS)


@pytest.mark.usefixtures("picture", "shop")
def test_schedule_and_sensor_are_listed_and_running(url: str, tab: Tab) -> None:
    tab.page.goto(f"{url}/automation")
    for name in ("nightly", "weekly_letter", "landing", "after_success", "after_failure"):
        tab.page.get_by_text(name, exact=True).first.wait_for()
    switches = tab.page.get_by_role("checkbox").and_(tab.page.locator(":checked"))
    wait_for(lambda: switches.count() == 4, seconds=30)


@pytest.mark.usefixtures("picture")
def test_partitions_bar_shows_the_months_of_the_night(shop: Settings, url: str, tab: Tab) -> None:
    page = tab.page
    page.goto(f"{url}/assets/nps/by_period?view=partitions")
    page.get_by_text("Materialized (3)").wait_for()
    page.get_by_text("Failed (0)").wait_for()
    page.goto(f"{url}/assets/nps/by_period?view=partitions&partition={MONTHS[0]}")
    row = page.get_by_role("row").filter(has_text="dagster/partition_row_count")
    row.wait_for()
    [(expected,)] = rows(shop, f"SELECT count(*) FROM nps.by_period WHERE month = DATE '{MONTHS[0]}'")
    assert re.search(r"\d+$", row.inner_text().strip())[0] == str(expected)


@pytest.mark.usefixtures("picture")
def test_a_night_by_the_schedules_job_ends_published(shop: Settings, url: str, tab: Tab) -> None:
    before = shop.published_path.stat().st_ino
    land(shop, {"late.csv": LATE_ANSWER})
    night = {NIGHT: "2025-04-01"}
    ingest = launch_job(url, "ingest", night)
    published_again(shop, url, before)
    assert rows(shop, "SELECT score, category FROM core.responses WHERE response_id = 'z'") == [(6, "detractor")]
    months = {RANGE_START: "2025-02-01", RANGE_END: "2025-03-01"}
    figures = sent_by_sensor(url, "figures", **night, **months)
    [loaded] = [run for run in runs(url) if run["runId"] == ingest]
    assert [loaded["tags"][name] for name in (STALE_START, STALE_END)] == list(months.values())

    page = tab.page
    page.goto(f"{url}/runs/{figures['runId']}")
    page.get_by_placeholder("Filter…").fill("step:nps__by_period")
    page.get_by_placeholder("Filter…").press("Enter")
    page.get_by_text("dagster/row_count").first.wait_for()
    page.get_by_text("[Show Markdown]").first.click()
    page.get_by_role("dialog").get_by_role("columnheader", name="period_start").wait_for()


def test_a_backfill_of_one_asset_leaves_its_bar_full(
    shop: Settings, url: str, tab: Tab, picture: Callable[[str], None]
) -> None:
    before, truth, page = shop.published_path.stat().st_ino, hashes(shop), tab.page
    page.goto(f"{url}/assets/nps/by_segment?view=partitions")
    launch_backfill(page, MONTHS[0], MONTHS[-1], ready=lambda: picture("backfill_of_one_asset"))
    backfill = finished_backfill(url)
    assert backfill["status"] == "COMPLETED_SUCCESS"
    assert backfill["assetSelection"] == [{"path": ["nps", "by_segment"]}]
    published_again(shop, url, before)
    assert hashes(shop) == truth
    page.goto(f"{url}/assets/nps/by_segment?view=partitions")
    page.get_by_text("Materialized (3)").wait_for()
    page.get_by_text("Failed (0)").wait_for()


def test_a_backfill_by_clicks_is_one_run_and_is_published_by_itself(
    shop: Settings, url: str, tab: Tab, picture: Callable[[str], None]
) -> None:
    before, truth = shop.published_path.stat().st_ino, hashes(shop)
    open_graph(tab.page, url, 'group:"nps" or group:"value" or group:"loop"')
    picture("the_figures")
    launch_backfill(tab.page, MONTHS[0], MONTHS[-1], ready=lambda: picture("backfill_of_all_figures"))
    backfill = finished_backfill(url)
    assert backfill["status"] == "COMPLETED_SUCCESS"
    assert backfill["partitionNames"] == MONTHS
    # The benchmarks and the files with addresses have no months.
    assert {tuple(asset["path"]) for asset in backfill["assetSelection"]} - {
        ("nps", "benchmarks"),
        ("loop", "audience_files"),
    } == {tuple(figure.table.split(".")) for figure in FIGURES}
    [run] = [run for run in runs(url) if run["tags"].get(BACKFILL) == backfill["id"] and RANGE_START in run["tags"]]
    assert (run["tags"][RANGE_START], run["tags"][RANGE_END]) == (MONTHS[0], MONTHS[-1])
    published_again(shop, url, before)
    sent_by_sensor(url, "publish", **{"dagster/run_key": run["runId"]})
    assert hashes(shop) == truth
    assert rows(shop, f"SELECT count(*) FROM ops.computed WHERE run_id <> '{run['runId']}'") == [(0,)]
    tab.page.goto(f"{url}/runs")
    tab.page.get_by_text(backfill["id"]).first.wait_for()


@pytest.mark.usefixtures("picture")
def test_materialising_everything_by_clicks_ends_published(shop: Settings, url: str, tab: Tab) -> None:
    before, truth = shop.published_path.stat().st_ino, hashes(shop)
    open_graph(tab.page, url, "*")
    launch_backfill(tab.page, MONTHS[0], MONTHS[-1])
    backfill = finished_backfill(url)
    assert backfill["status"] == "COMPLETED_SUCCESS"
    assert {"path": ["published", "northstar"]} in backfill["assetSelection"]
    published_again(shop, url, before)
    assert hashes(shop) == truth


def test_nothing_was_asked_of_other_machines_and_no_page_had_an_error(tab: Tab) -> None:
    assert tab.outside == []
    assert tab.errors == []
