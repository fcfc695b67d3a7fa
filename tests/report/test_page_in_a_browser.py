"""The page as an owner opens it: from disk, without a network, on a desk and a phone, light and dark, and on paper.

Here: what only a browser can tell. Not here: figures and words (beside this file). NORTHSTAR_TEST_SCREENSHOTS names a
folder for pictures.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from browser import Tab, chromium, find_chromium

from pipelines.ops.published import opened_published
from pipelines.report.page import render

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

SIZES = {"desk": (1280, 900), "phone": (390, 844)}
# The page's own script; the limit is the issue's.
MOST_SCRIPT = 15_000


@pytest.fixture(scope="module")
def tab() -> Iterator[Tab]:
    if find_chromium() is None:
        if "NORTHSTAR_TEST_REQUIRE_BROWSER" in os.environ:
            pytest.fail("no Chromium, and NORTHSTAR_TEST_REQUIRE_BROWSER is set")
        pytest.skip("no Chromium on PATH; on Debian and Ubuntu: apt install chromium")
    with chromium() as opened:
        opened.page.context.set_offline(True)
        yield opened


@pytest.fixture(scope="module")
def file(html: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html, encoding="utf-8")
    return path


def shown(tab: Tab, file: Path, size: str = "desk", scheme: str = "light", fragment: str = "") -> None:
    """Open the page anew."""
    tab.errors.clear()
    tab.page.goto("about:blank")
    tab.page.set_viewport_size(dict(zip(("width", "height"), SIZES[size], strict=True)))
    tab.page.emulate_media(color_scheme=scheme, media="screen")
    tab.page.goto(f"{file.as_uri()}{fragment}")


def picture(tab: Tab, name: str) -> None:
    if folder := os.environ.get("NORTHSTAR_TEST_SCREENSHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        tab.page.screenshot(path=Path(folder) / f"report_{name}.png", full_page=True)


def test_the_picture_of_the_readme(tab, file) -> None:
    """What one sees first; assets/screenshots/report.png is this picture."""
    shown(tab, file)
    tab.page.set_viewport_size({"width": 1280, "height": 1320})
    tiles = tab.page.locator(".tile .figure").all_text_contents()
    assert len(tiles) == 4
    assert all(tiles)
    if folder := os.environ.get("NORTHSTAR_TEST_SCREENSHOTS"):
        tab.page.screenshot(path=Path(folder) / "report.png")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_is_whole_and_accessible(tab, file, size, scheme) -> None:
    shown(tab, file, size, scheme)
    picture(tab, f"{size}_{scheme}")
    assert tab.errors == []
    assert set(tab.outside) == {file.as_uri()}
    width = tab.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    charts = tab.page.locator("svg:visible")
    assert charts.count() > 30
    empty = charts.evaluate_all("all => all.filter(one => one.querySelectorAll('.point').length === 0).length")
    assert empty == 0
    # Nothing of a chart is cut off at its sides.
    cut = charts.evaluate_all(
        """all => all.flatMap(one => {
            const frame = one.getBoundingClientRect();
            return [...one.querySelectorAll('text')].filter(text => {
                const box = text.getBoundingClientRect();
                return box.width && (box.left < frame.left - 2 || box.right > frame.right + 2);
            }).map(text => `${one.getAttribute('aria-label')}: ${text.textContent}`);
        })"""
    )
    assert cut == []
    found = Axe().run(tab.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


def test_every_table_is_accessible_when_it_is_open(tab, file) -> None:
    shown(tab, file)
    tab.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    found = Axe().run(tab.page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("code", ["de", "fr"])
def test_other_languages_fit(tab, simulated_year, tmp_path, code) -> None:
    file = tmp_path / "report.html"
    with opened_published(simulated_year) as connection:
        file.write_text(render(connection, simulated_year.model_copy(update={"language": code})), encoding="utf-8")
    for size in SIZES:
        shown(tab, file, size)
        picture(tab, f"{size}_{code}")
        width = tab.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width[0] <= width[1]
    assert tab.page.evaluate("document.documentElement.lang") == code


def test_the_keyboard_reaches_every_control_and_the_points(tab, file) -> None:
    shown(tab, file)
    wanted = tab.page.evaluate(
        """[...document.querySelectorAll('a[href], select, summary, button, .scroll, pre, svg .point[tabindex="0"]')]
            .filter(one => !one.disabled && one.checkVisibility({visibilityProperty: true})).length"""
    )
    reached = 0
    for _ in range(wanted + 20):
        tab.page.keyboard.press("Tab")
        if tab.page.evaluate("document.activeElement === document.body"):
            break
        reached += 1
    assert reached >= wanted > 80
    tab.page.locator("#score_by_month svg:visible .point[tabindex='0']").first.focus()
    first = tab.page.locator("#tip").text_content()
    tab.page.keyboard.press("ArrowRight")
    second = tab.page.locator("#tip").text_content()
    assert first
    assert second
    assert first != second
    assert tab.page.locator("#tip").is_visible()
    tab.page.keyboard.press("Escape")
    assert not tab.page.locator("#tip").is_visible()


def test_a_link_shows_one_stage_and_one_kind_of_segment(tab, file) -> None:
    shown(tab, file, fragment="#stage=post_delivery&dimension=country&segment=DE")
    titles = tab.page.locator("#score_by_month figcaption:visible").all_text_contents()
    assert titles == ["Score of every month: after delivery"]
    assert tab.page.locator("#segments figcaption:visible").all_text_contents() == ["Country"]
    tab.page.locator("#segments summary").first.click()
    rows = tab.page.locator("#segments tbody tr:visible").all_text_contents()
    assert len(rows) == 1
    assert rows[0].startswith("after deliveryCountryDE")
    shown(tab, file, fragment="#stage=prospect&dimension=delivery&segment=late")
    assert tab.page.locator("#segments .none").text_content() == "No row here fits what is chosen above."
    assert tab.page.locator("#segments .none").get_attribute("hidden") is None
    assert tab.page.locator("#score_by_month .none").get_attribute("hidden") is not None
    tab.page.locator("select[name=stage]").select_option("")
    assert "stage" not in tab.page.evaluate("location.hash")
    assert len(tab.page.locator("#score_by_month figcaption:visible").all_text_contents()) > 2
    tab.page.locator("select[name=dimension]").select_option("")
    assert tab.page.locator("select[name=segment]").is_disabled()
    assert tab.page.locator("#segments figure:visible").count() > 8


def test_a_table_is_sorted_by_what_is_stored(tab, file) -> None:
    shown(tab, file)
    head = tab.page.locator("#queue th[data-column=answers]")
    column = "all => all.map(row => Number(row.cells[2].dataset.v))"
    for order, direction in (("ascending", 1), ("descending", -1)):
        head.locator("button").click()
        assert head.get_attribute("aria-sort") == order
        values = tab.page.locator("#queue tbody tr").evaluate_all(column)
        assert len(values) > 2
        assert values == sorted(values, key=lambda value: direction * value)


def test_the_sql_is_copied(tab, file) -> None:
    shown(tab, file)
    tab.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    block = tab.page.locator("#queue")
    block.locator("summary").last.click()
    block.locator(".copy").click()
    tab.page.wait_for_function("document.querySelector('#queue .copy').textContent === 'Copied'")
    assert tab.page.evaluate("navigator.clipboard.readText()") == block.locator("pre").text_content()


def test_strangers_texts_do_nothing(tab, file, tmp_path) -> None:
    """The page of a shop whose customers write scripts; the escaping itself is tested without a browser."""
    hostile = file.read_text(encoding="utf-8").replace(
        ">DE<", ">&lt;script&gt;window.hurt = 1&lt;/script&gt;\u202e&lt;img src=x onerror='window.hurt = 1'&gt;🦄<"
    )
    path = tmp_path / "report.html"
    path.write_text(hostile, encoding="utf-8")
    shown(tab, path)
    assert tab.page.evaluate("window.hurt") is None
    assert tab.errors == []


def test_it_prints_on_a4(tab, file) -> None:
    shown(tab, file)
    printed = tab.page.pdf(prefer_css_page_size=True)
    pages = len(re.findall(rb"/Type\s*/Page\b", printed))
    assert 5 < pages < 60
    if folder := os.environ.get("NORTHSTAR_TEST_SCREENSHOTS"):
        (Path(folder) / "report.pdf").write_bytes(printed)
    tab.page.set_viewport_size({"width": 690, "height": 900})
    tab.page.emulate_media(media="print")
    width = tab.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
    assert width[0] <= width[1]
    assert not tab.page.locator("nav").is_visible()


def test_the_script_is_short(html) -> None:
    [script] = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert 1_000 < len(script.encode()) <= MOST_SCRIPT
