"""The page itself: sections into one HTML file, put in the place of the one before.

Here: the top of the page, the template, replacing the file. Not here: what a section shows (sections/), Dagster.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from pipelines.figures.checks import checks
from pipelines.ops.doubts import doubted
from pipelines.ops.headlines import reporting_currency
from pipelines.ops.published import opened_published
from pipelines.report.doubts import in_doubt
from pipelines.report.language import Language
from pipelines.report.reading import Block, Reading, shortened
from pipelines.report.sections import SECTIONS
from pipelines.settings import Settings

TEMPLATES = Path(__file__).with_name("templates")
MOST_DOUBTS = 20


class NothingPublishedError(ValueError):
    """There is no published file to show."""


@dataclass(frozen=True)
class Shown:
    """A section with its blocks."""

    name: str
    title: str
    blocks: list[Block]


def write(settings: Settings, *, next_run: datetime | None = None, is_demo: bool = False) -> Path:
    """Write report.html beside the published file, from it alone; the old page stays until the new one is whole.

    Args:
        settings: the place of the file, language, confidence and zone.
        next_run: when the next night begins, if that is known.
        is_demo: whether the shop is simulated.

    Raises:
        NothingPublishedError: nothing is published.
    """
    with published_file(settings) as connection:
        html = render(connection, settings, next_run=next_run, is_demo=is_demo)
    path = settings.report_path
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with draft.open("w", encoding="utf-8") as out:
            draft.chmod(0o644)
            out.write(html)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return path


@contextmanager
def published_file(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the published file.

    Raises:
        NothingPublishedError: there is none.
    """
    if not settings.published_path.exists():
        message = "Nothing is published yet: northstar run"
        raise NothingPublishedError(message)
    with opened_published(settings) as connection:
        yield connection


def render(
    connection: duckdb.DuckDBPyConnection,
    settings: Settings,
    *,
    next_run: datetime | None = None,
    is_demo: bool = False,
) -> str:
    """The page as HTML. connection: to the published file; the rest as for `write`."""
    reading = reading_of(connection, settings)
    language = reading.language
    sections = [
        Shown(section.name, language.text(f"sections.{section.name}"), section.blocks(reading)) for section in SECTIONS
    ]
    blocks = {block.name: block for section in sections for block in section.blocks}
    [(as_of, published_at, until)] = connection.sql(
        "SELECT max(as_of), max(published_at), (SELECT max(response_date) FROM core.responses) FROM ops.publications"
    ).fetchall()
    doubts, more = doubted(connection, MOST_DOUBTS)
    return (
        _environment()
        .get_template("page.html.jinja")
        .render(
            language=language,
            text=language.text,
            sections=sections,
            tiles=_tiles(reading, blocks),
            as_of=language.moment(as_of),
            published_at=published_at.isoformat(),
            until=language.day(until) if until else "–",
            next_run=language.moment(next_run) if next_run else language.text("page.no_next_run"),
            doubts=in_doubt(language, doubts, 0),
            more_doubts=more,
            warnings=_warnings(language, blocks["warnings"]),
            stages=_values(blocks, "score_by_month", "stage"),
            dimensions=_values(blocks, "segments", "dimension"),
            segments=_segments(blocks),
            is_demo=is_demo,
            attributes=_attributes,
        )
    )


def reading_of(connection: duckdb.DuckDBPyConnection, settings: Settings) -> Reading:
    """The published file in the shop's language and its reporting currency."""
    language = Language(settings.language, settings.zone, reporting_currency(connection))
    return Reading(connection, language, settings.confidence)


@cache
def _environment() -> Environment:
    """Templates, every value escaped."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _warnings(language: Language, block: Block) -> list[str]:
    """The checks that warn, with what they promise."""
    promises = {check.name: check.promise for check in checks()}
    names: list[str] = block.rows["check_name"].to_list() if block.rows.height else []
    return [language.text("page.warning", promise=promises.get(name, ""), check=name) for name in names]


def _attributes(values: Mapping[str, str | None]) -> Markup:
    """HTML attributes for the script, those that have a value."""
    return Markup("").join(
        Markup(' data-{}="{}"').format(name, value) for name, value in values.items() if value is not None
    )


@dataclass(frozen=True)
class Tile:
    """A figure in large. value: as published. is_faint: not to be relied on."""

    title: str
    shown: str
    note: str
    is_faint: bool = False


def _tiles(reading: Reading, blocks: dict[str, Block]) -> list[Tile]:
    """The figures of the top of the page, those that there are."""
    language, confidence = reading.language, reading.language.share(reading.confidence, 0)
    tiles = []
    for grain, name in (("trailing_365d", "year"), ("month", "month")):
        for row, text in _rows(blocks["scores"], grain=grain):
            month = {**text, "period_start": language.month(row["period_start"])}
            note = language.text(f"tiles.{name}_note", **month, confidence=confidence)
            faint = not row["is_reliable"]
            note = f"{note} · {language.text('tiles.unreliable')}" if faint else note
            tiles.append(Tile(language.text(f"tiles.{name}", **month), text["nps"], note, faint))
    for row, text in _rows(blocks["everybody"], method="range"):
        if row["nps_low"] is not None:
            shown = language.text("tiles.everybody_value", **text)
            tiles.append(Tile(language.text("tiles.everybody"), shown, language.text("tiles.everybody_note", **text)))
    for row, text in _rows(blocks["promoter_differences"], category="promoter"):
        if row["adjusted_difference_to_detractor"] is not None:
            note = language.text("tiles.promoter_note", **text)
            tiles.append(Tile(language.text("tiles.promoter"), text["adjusted_difference_to_detractor"], note))
    return tiles


def _rows(block: Block, **wanted: str) -> list[tuple[dict[str, Any], dict[str, str]]]:
    """Rows that have these values, each with its written values."""
    pairs = zip(block.rows.to_dicts(), block.texts.to_dicts(), strict=True)
    return [(row, text) for row, text in pairs if all(row[name] == value for name, value in wanted.items())]


def _values(blocks: dict[str, Block], name: str, column: str) -> list[tuple[str, str]]:
    """Different values of a column with how they are written, in their order."""
    block = blocks[name]
    if block.rows.is_empty():
        return []
    return list(dict(zip(block.rows[column], block.texts[column], strict=True)).items())


def _segments(blocks: dict[str, Block]) -> list[tuple[str, str, str]]:
    """Dimension, segment and how it is written, of stage all."""
    block = blocks["segments"]
    if block.rows.is_empty():
        return []
    rows = zip(block.rows["stage"], block.rows["dimension"], block.rows["segment"], block.texts["segment"], strict=True)
    return [(dimension, shortened(segment), text) for stage, dimension, segment, text in rows if stage == "all"]
