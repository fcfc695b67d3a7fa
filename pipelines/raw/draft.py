"""A first SQL format for a header that no format recognises, guessed from column names and the shapes of values.

Here: the records of an unknown file, the text of the draft, which holds column names and never a value, and what its
trial showed. Not here: which column is which (guesses.py), trying it (trial.py), reading the file (read.py), what a
format may say (sql/formats/README.md).
"""

from __future__ import annotations

import csv
import io
import json
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from pipelines.raw.contents import Content
from pipelines.raw.expressions import cases, expression, is_either_way, other_scale, states, zone_beside
from pipelines.raw.formats import TOP, Format, Match
from pipelines.raw.guesses import RIVALS_SHOWN, Guess, Guesses, Header, guess, hint, lacks, made_id, read_header, words
from pipelines.raw.hints import OTHER_METRICS
from pipelines.raw.kinds import Kind
from pipelines.raw.profiles import DOUBTFUL, FITS, SURE, read_profiles
from pipelines.raw.read import read, shape_of
from pipelines.warehouse.quoting import identifier

# A format recognised by fewer columns than this would take many other files.
FEWEST_RECOGNISED = 3
SAMPLE_RECORDS = 5000
_MONEY = frozenset({"total", "refunded", "discount", "shipping", "tax"})


@dataclass(frozen=True)
class Draft:
    """The kind of record and the text of the format. source: what the text is made of, so that it can be made anew."""

    kind: str
    text: str
    source: Source | None = field(default=None, repr=False, compare=False)

    def tried(self, refused: Mapping[str, tuple[int, str]], rows: int) -> Draft:
        """The draft with its lines marked where rows were refused.

        Args:
            refused: rows and most frequent reason by column.
            rows: rows of the file.
        """
        if self.source is None:
            return self
        return replace(self, text=_text(self.source, refused, rows))

    def spelled(self, refused: Mapping[str, tuple[int, str]], rows: int) -> Draft:
        """The draft that spells out how the times are written that the loader mostly refused as no times."""
        if self.source is None:
            return self
        names = frozenset(
            name for name, (count, reason) in refused.items() if reason == "not_a_time" and count * 2 >= rows
        )
        source = replace(self.source, spelled=names)
        return replace(self, text=_text(source, {}, 0), source=source)


@dataclass(frozen=True)
class Source:
    """What the text of a draft is made of. spelled: times that are read by a pattern, because the loader does not."""

    guesses: Guesses
    header: Header
    records: str
    spelled: frozenset[str] = frozenset()


def draft(connection: duckdb.DuckDBPyConnection, content: Content, kinds: Mapping[str, Kind]) -> Draft | None:
    """A format for a content that no format recognises; None if it has no header or cannot be read."""
    content, records = _longest_list(content)
    if not content.header or _is_data(connection, content.header):
        return None
    every = Format("draft", next(iter(kinds.values())), "draft", (), reads_all=True, records=(records,), select="-")
    content = replace(content, match=Match("draft", (every,), "", records))
    for tolerant in (False, True):
        try:
            read(connection, shape_of(content), [content], tolerant=tolerant and content.container == "csv")
            header = read_header(connection, read_profiles(connection))
            source = Source(guess(connection, header, kinds), header, records)
            break
        except duckdb.Error:
            continue
    else:
        return None
    return Draft(source.guesses.kind.name, _text(source, {}, 0), source)


def _longest_list(content: Content) -> tuple[Content, str]:
    """The content with the header of its records, and their place: in JSON the longest list of objects."""
    if content.container != "json":
        return content, TOP
    document = json.loads(content.readable.read_text(encoding="utf-8-sig"))
    lists = {path: records for path, records in _lists(document, "", 3) if path.count(".") <= 2}
    if not lists:
        return content, TOP
    path = max(lists, key=lambda one: len(lists[one]))
    keys: dict[str, None] = {}
    for record in lists[path][:SAMPLE_RECORDS]:
        keys |= dict.fromkeys(record)
    return replace(content, header=tuple(keys)), path or TOP


def _lists(value: object, path: str, depth: int) -> list[tuple[str, list[dict[str, object]]]]:
    if isinstance(value, list):
        return [(path, value)] if value and all(isinstance(one, dict) for one in value) else []
    if not isinstance(value, dict) or not depth:
        return []
    return [
        place
        for key, one in value.items()
        if re.fullmatch(r"\w+", key)
        for place in _lists(one, f"{path}.{key}" if path else key, depth - 1)
    ]


def _is_data(connection: duckdb.DuckDBPyConnection, header: tuple[str, ...]) -> bool:
    """Whether the header's cells are values, not names: a draft must not repeat them."""
    rows = connection.sql(
        "SELECT contains(cell, '@') OR parse_time(cell) IS NOT NULL OR parse_decimal(cell) IS NOT NULL "
        "FROM (SELECT clean(unnest($1::VARCHAR[])) AS cell)",
        params=[list(header)],
    ).fetchall()
    return any(is_value for (is_value,) in rows)


def _text(source: Source, refused: Mapping[str, tuple[int, str]], rows: int) -> str:
    guesses, header = source.guesses, source.header
    kind, columns = guesses.kind, guesses.columns
    shown = {column: " ".join(column.split()) for column in header.profiles}
    lines = _comment(source, shown)
    fields = []
    for name in kind.names:
        if name in columns:
            text, note = _field(name, source, shown)
        elif name in kind.required:
            text, note = _stand_in(kind, name, columns, shown)
        elif name == "status" and states(guesses):
            text, note = expression(name, source.guesses, header, shown), "guess, unsure: no column holds other states"
        else:
            continue
        if name in refused and rows:
            count, reason = refused[name]
            note = note.replace("guess: ", "guess, unsure: ", 1) + f", {count} of {rows} rows refused: {reason}"
        fields.append((f"{text} AS {name}", note))
    fields += [(f"{text} AS {name}", note) for name, text, note in cases(guesses, header, shown)]
    last = len(fields) - 1
    lines += ["SELECT", "    file_id,", "    row_number,"]
    lines += [f"    {text}{',' * (number < last)}  -- {note}" for number, (text, note) in enumerate(fields)]
    lines.append("FROM input")
    if guesses.repeats and not guesses.varies:
        order = identifier(shown[columns["order_id"].column])
        lines += [
            "-- An order has several rows; its first one holds its total.",
            f"QUALIFY row_number() OVER (PARTITION BY file_id, clean({order}) ORDER BY row_number) = 1",
        ]
    return "\n".join([*lines, ""])


def _comment(source: Source, shown: Mapping[str, str]) -> list[str]:
    """The comment at the top: what the format is recognised by, what it reads, what it leaves."""
    guesses, header = source.guesses, source.header
    kind, columns = guesses.kind, guesses.columns
    # In "recognised by" a name that ends in (*) would be a macro's.
    plain = {column for column in header.profiles if not column.rstrip().endswith("(*)")}
    needed = [columns[name].column for name in kind.required if name in columns and columns[name].column in plain]
    others = [one.column for one in columns.values() if one.column not in needed]
    while len(needed) < FEWEST_RECOGNISED and (
        more := [name for name in (*others, *header.profiles) if name not in needed and name in plain]
    ):
        needed.append(more[0])
    others = [column for column in dict.fromkeys((*others, *_read_beside(source))) if column not in needed]
    used = {one.column for one in columns.values()} | set(needed) | set(others)
    unused = [column for column in header.profiles if column not in used]
    lines = [
        "-- A draft by `northstar explain`. Correct what is marked, then save it as",
        f"-- formats/<name>.{kind.name}.sql in Northstar's home; sql/formats/README.md tells what a format may say.",
        *_listed("recognised by", [shown[column] for column in needed]),
    ]
    if others:
        lines += _listed("also reads", [shown[column] for column in others])
    if source.records != TOP:
        lines.append(f"-- records: {source.records}")
    lines += [line for remark in _remarks(source, shown) for line in _wrapped(f"-- Unsure: {remark}")]
    if unused:
        lines.append("--")
        lines += _listed("not used", [shown[column] for column in unused])
        lines.append("-- To keep one, name it under 'also reads' and select it: it goes to the column extra.")
    return lines


def _read_beside(source: Source) -> list[str]:
    """Columns that an expression reads beside the column it is about."""
    return [name for name in source.header.profiles if identifier(name) in _every_expression(source)]


def _every_expression(source: Source) -> str:
    plain = {name: name for name in source.header.profiles}
    return " ".join(expression(name, source.guesses, source.header, plain) for name in source.guesses.columns)


def _remarks(source: Source, shown: Mapping[str, str]) -> list[str]:
    """What the operator should know of the file before the draft is trusted."""
    guesses, profiles = source.guesses, source.header.profiles
    remarks = list(guesses.remarks)
    lacking = lacks(guesses)
    weak = [name for name, one in guesses.columns.items() if name in guesses.kind.required and not one.points]
    if lacking or (weak and len(weak) == len(guesses.kind.required)):
        remarks.append(f"no kind of record fits well, {guesses.kind.name} least badly; is this file for Northstar?")
    if guesses.repeats and guesses.varies:
        remarks.append("an order has several rows with different totals, and the last row read would stand")
    given_back = [shown[name] for name, one in profiles.items() if "refund" in name.lower() and one.nested >= DOUBTFUL]
    if guesses.kind.name == "orders" and given_back and "refunded" not in guesses.columns:
        remarks.append(f'"{given_back[0]}" holds lists that are not read: refunds are missing')
    if guesses.kind.name == "orders" and "currency" not in guesses.columns:
        remarks.append("no column names the currency: money counts as NORTHSTAR_CURRENCY")
    nested = [shown[name] for name, one in profiles.items() if one.nested >= DOUBTFUL]
    if nested:
        remarks.append(f"{', '.join(nested)} hold further values: \"{nested[0]}\"->>'$.name' reads one")
    return remarks


def _wrapped(line: str) -> list[str]:
    return textwrap.wrap(line, 110, subsequent_indent="-- ", break_long_words=False, break_on_hyphens=False)


def _listed(key: str, names: list[str]) -> list[str]:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(names)
    cells = re.sub(r",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", ", ", out.getvalue())
    return textwrap.wrap(
        f"-- {key}: {cells}", 110, subsequent_indent="--     ", break_long_words=False, break_on_hyphens=False
    )


def _field(name: str, source: Source, shown: Mapping[str, str]) -> tuple[str, str]:
    """The line of one canonical column, and the note beside it."""
    guessed, profile = source.guesses.columns[name], source.header.profiles[source.guesses.columns[name].column]
    doubts = [*guessed.doubts, *_doubts(name, source)]
    if guessed.rivals:
        more = len(guessed.rivals) - RIVALS_SHOWN
        rivals = ", ".join(f'"{shown[one]}"' for one in guessed.rivals[:RIVALS_SHOWN])
        doubts.append(f"or {rivals}{f' and {more} more' if more > 0 else ''}")
    is_sure = guessed.points and guessed.fit >= SURE and not doubts and not lacks(source.guesses)
    why = "by its name and its values" if guessed.points else "by its values only"
    if guessed.points and not profile.filled:
        why = "by its name, it is empty here"
    elif guessed.points and guessed.fit < SURE:
        doubts.insert(0, f"{round((1 - guessed.fit) * 100)} % of its values do not fit")
    note = ", ".join([f"guess: {why}" if is_sure else f"guess, unsure: {why}", *doubts])
    return expression(name, source.guesses, source.header, shown, source.spelled), note


def _doubts(name: str, source: Source) -> list[str]:
    """What the values of the file say against a guess."""
    guesses, header = source.guesses, source.header
    column = guesses.columns[name].column
    profile = header.profiles[column]
    if hint(guesses.kind, name)[0] == "time" and profile.filled:
        zone = zone_beside(header)
        doubts = ["is the day or the month first?"] if is_either_way(profile) else []
        return [*doubts, f'is its zone in "{zone}"?'] if zone and zone != column else doubts
    is_question = column in header.recommendations
    told = {
        "score": [
            (f"{other_scale(column, header)}: no NPS", bool(other_scale(column, header))),
            ("another metric by its name: no NPS", not is_question and bool(OTHER_METRICS & set(words(column)))),
            ("no score is above 5: is it 1 to 5?", profile.is_five()),
        ],
        "total": [
            ("differs between the rows of one order: of the order or of an item?", guesses.varies),
            ("some are negative: refunds?", profile.negative > 0),
        ],
        "status": [("its values are numbers", profile.number >= FITS)],
    }
    doubts = [text for text, applies in told.get(name, []) if applies][:1]
    total = guesses.columns.get("total")
    if name in _MONEY and total and header.profiles[total.column].cents >= SURE:
        doubts.append("no total has decimals: is it in cents?")
    return doubts


def _stand_in(kind: Kind, name: str, columns: Mapping[str, Guess], shown: Mapping[str, str]) -> tuple[str, str]:
    """The line of a required column that no column of the file resembles, and the note beside it."""
    if name != made_id(kind):
        return "NULL", "guess, unsure: no column looks like it, and every row is refused without it"
    person = [one for one in ("customer_email", "customer_id", "customer_phone") if one in columns]
    parts = ["order_id", "sku", "product", *person, "score", *([] if person else ["comment"])]
    named = [identifier(shown[columns[one].column]) for one in parts if one in columns]
    if kind.main_time and kind.main_time in columns:
        # As it is written, whichever comes first in it, so that other days of a later export do not change the id.
        named.insert(0, f"unordered_time({identifier(shown[columns[kind.main_time].column])})")
    if not named:
        return "file_id || ':' || row_number", "guess, unsure: the file has no id, and nothing to make one of"
    given = ", ".join(named)
    place = f"row_number() OVER (PARTITION BY file_id, {given} ORDER BY row_number)"
    made = f"md5(concat_ws('|', {given}, {place}))"
    return (
        made,
        "guess, unsure: the file has no id, so one is made of what does not change and a place among equal rows",
    )


def save(drafted: Draft, name: str, folder: Path) -> Path:
    """Save a draft among the operator's formats.

    Raises:
        FileExistsError: a format of that name exists.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.{drafted.kind}.sql"
    with path.open("x", encoding="utf-8") as file:
        file.write(drafted.text)
    return path
