"""The dictionary: every comment of the published file, as Markdown and as a page that stays within itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from click.testing import CliRunner
from night import published

from assets.cli import main
from pipelines.warehouse.dictionary import dictionary, markdown, page


@pytest.fixture(scope="module")
def book():
    return dictionary()


def test_it_has_what_the_published_file_has(book, simulated_year):
    with published(simulated_year) as reader:
        columns = reader.sql(
            "SELECT schema_name || '.' || table_name, column_name, data_type, comment FROM duckdb_columns() "
            "WHERE NOT internal ORDER BY 1, column_index"
        ).fetchall()
        relations = reader.sql(
            "SELECT schema_name || '.' || table_name, comment FROM duckdb_tables() WHERE NOT internal "
            "UNION ALL SELECT schema_name || '.' || view_name, comment FROM duckdb_views() WHERE NOT internal "
        ).fetchall()
        macros = reader.sql("SELECT DISTINCT function_name FROM duckdb_functions() WHERE NOT internal").fetchall()
    assert [(t.name, c.name, c.type, c.comment) for t in book.tables for c in t.columns] == columns
    assert [(table.name, table.comment) for table in book.tables] == sorted(relations)
    assert {macro.name for macro in book.macros} == {name for (name,) in macros}
    assert len(columns) > 900


def test_markdown_has_a_row_for_every_column(book):
    text = markdown(book)
    rows = [line for line in text.splitlines() if line.startswith("| `")]
    assert len(rows) == sum(len(table.columns) for table in book.tables) + len(book.macros)
    # A bar or a line within a comment would break its row.
    assert {len(re.findall(r"(?<!\\)\|", row)) for row in rows} == {3, 4}
    assert "### nps.latest_by_period (view)" in text


class Read(HTMLParser):
    """Ids, links within the page, text, and whatever would be fetched."""

    def __init__(self):
        super().__init__()
        self.ids, self.links, self.fetched, self.text, self.open = set(), set(), [], [], []

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        self.ids |= {named["id"]} if "id" in named else set()
        self.links |= {named["href"]} if "href" in named else set()
        self.fetched += [named["src"]] if "src" in named else []
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def test_the_page_says_the_same_and_asks_for_nothing(book):
    seen = Read()
    seen.feed(page(book))
    assert seen.open == []
    assert seen.fetched == []
    assert seen.links == {f"#{table.name}" for table in book.tables}
    assert {link.removeprefix("#") for link in seen.links} <= seen.ids
    assert {column.comment for table in book.tables for column in table.columns} <= set(seen.text)


def test_the_command_shows_markdown_or_writes_the_page(book, tmp_path):
    shown = CliRunner().invoke(main, ["dictionary"])
    assert (shown.exit_code, shown.output) == (0, markdown(book))
    file = tmp_path / "dictionary.html"
    done = CliRunner().invoke(main, ["dictionary", "--page", str(file)])
    assert (done.exit_code, file.read_text(encoding="utf-8")) == (0, page(book))
