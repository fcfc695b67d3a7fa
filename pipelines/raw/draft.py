"""A first SQL format for a header that no format recognises, guessed from column names and the shapes of values.

Here: which column looks like which canonical one, the kind that fits best, the text of the draft, which holds column
names and never a value. Not here: the words themselves (hints.py), reading the file (read.py), what a format may say
(sql/formats/README.md).
"""

from __future__ import annotations

import csv
import io
import json
import re
import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from pipelines.raw.contents import Content
from pipelines.raw.formats import TOP, Format, Match
from pipelines.raw.hints import EPOCHS, HINTS, NAMELESS, TIME_FORMATS
from pipelines.raw.kinds import Kind
from pipelines.raw.read import read, shape_of
from pipelines.warehouse.frames import frame
from pipelines.warehouse.quoting import identifier, literal

SAMPLE_ROWS = 5000
FITS = 0.8
DOUBTFUL = 0.5
SURE = 0.95
# A format recognised by fewer columns than this would take many other files.
FEWEST_RECOGNISED = 3


@dataclass(frozen=True)
class Profile:
    """A column of the file: filled and distinct cells, and the shares of filled ones that have each shape."""

    filled: int
    distinct: int
    email: float
    score: float
    number: float
    boolean: float
    word: float
    code: float
    plain_time: float
    times: tuple[float, ...]

    def fit(self, shape: str) -> float:
        """How well the column's values fit a shape, 0 to 1."""
        time = max(self.plain_time, *self.times)
        fits = {
            "time": time,
            "score": self.score if self.distinct <= 11 else 0.0,
            "number": self.number if self.plain_time < FITS else 0.0,
            "email": self.email,
            "boolean": self.boolean,
            "code": self.code,
            "id": self.word * (self.email < FITS),
            "unique": self.word * (self.distinct >= SURE * self.filled) * (self.email < FITS) * (time < FITS),
            "text": 1.0 - self.email,
        }
        return fits[shape] if self.filled else 0.0


@dataclass(frozen=True)
class Guess:
    """A column of the file taken for a canonical one; points: how strongly its name says so, 0 if only values do."""

    column: str
    fit: float
    points: float


@dataclass(frozen=True)
class Draft:
    """The kind of record and the text of the format."""

    kind: str
    text: str


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
            profiles = _profiles(connection)
            break
        except duckdb.Error:
            continue
    else:
        return None
    best = max((_guesses(kind, profiles) for kind in kinds.values()), key=lambda guessed: guessed[0])
    _, kind, guesses = best if best[2] else (0.0, kinds["responses"], {})
    return Draft(kind.name, _text(kind, guesses, profiles, records))


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
    for record in lists[path][:SAMPLE_ROWS]:
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


def _profiles(connection: duckdb.DuckDBPyConnection) -> dict[str, Profile]:
    columns = [name for name in connection.sql("SELECT * FROM input").columns if name not in {"file_id", "row_number"}]
    cells = " UNION ALL ".join(
        f"SELECT {number} AS position, clean({identifier(name)}::VARCHAR) AS cell FROM sampled"
        for number, name in enumerate(columns)
    )
    times = ", ".join(f"avg((try_strptime(cell, {literal(one)}) IS NOT NULL)::INT)" for one in TIME_FORMATS)
    epochs = ", ".join(f"avg(regexp_full_match(cell, {literal(pattern)})::INT)" for pattern, _ in EPOCHS)
    rows = frame(
        connection.sql(
            f"""
            WITH sampled AS MATERIALIZED (SELECT * FROM input LIMIT {SAMPLE_ROWS})
            SELECT position, count(*), count(DISTINCT cell),
                avg(regexp_full_match(cell, '[^@\\s]+@[^@\\s]+\\.[^@\\s]+')::INT),
                avg((parse_score(cell) IS NOT NULL)::INT),
                avg((parse_decimal(cell) IS NOT NULL)::INT),
                avg((parse_boolean(cell) IS NOT NULL)::INT),
                avg(regexp_full_match(cell, '\\S{{1,64}}')::INT),
                avg(regexp_full_match(cell, '[A-Za-z]{{2,3}}')::INT),
                avg((parse_time(cell) IS NOT NULL)::INT), {times}, {epochs}
            FROM ({cells}) WHERE cell IS NOT NULL GROUP BY position ORDER BY position
            """
        )
    ).rows()
    filled = {columns[row[0]]: Profile(*row[1:10], tuple(row[10:])) for row in rows}  # type: ignore[call-arg]
    blank = Profile(0, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, (0.0,) * (len(TIME_FORMATS) + len(EPOCHS)))
    return {name: filled.get(name, blank) for name in columns}


def _words(text: str) -> tuple[str, ...]:
    """The words of a name, lower case without accents; camelCase is split."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    plain = unicodedata.normalize("NFKD", apart.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return tuple(re.findall(r"[a-z0-9]+", plain))


def _points(column: str, phrases: tuple[str, ...]) -> float:
    """How strongly a column's name matches one of the phrases: more for common words, less for other ones."""
    words = _words(column)
    best = 0.0
    for phrase in phrases:
        parts = phrase.split()
        if set(parts) <= set(words):
            best = max(best, len(parts) + 1.0 - 0.15 * (len(words) - len(parts)))
    return best


def _guesses(kind: Kind, profiles: Mapping[str, Profile]) -> tuple[float, Kind, dict[str, Guess]]:
    """How well a kind fits, and which column is which; a column serves once."""
    candidates = []
    for canonical in kind.columns:
        shape, phrases = HINTS.get(f"{kind.name}.{canonical.name}") or HINTS.get(canonical.name) or ("text", ())
        for column, profile in profiles.items():
            points, fit = _points(column, phrases), profile.fit(shape)
            # A blank column says nothing against its name, unless it is needed.
            if points and not profile.filled and not canonical.required:
                fit = 0.5
            elif fit < (DOUBTFUL if points else SURE):
                continue
            if points or f"{kind.name}.{canonical.name}" in NAMELESS or shape == "email":
                rank = (points + fit + canonical.required, canonical.name, column)
                candidates.append((rank, canonical.name, Guess(column, fit, points)))
    chosen: dict[str, Guess] = {}
    for _, name, guess in sorted(candidates, key=lambda one: (-one[0][0], one[0][1:])):
        if name not in chosen and guess.column not in {one.column for one in chosen.values()}:
            chosen[name] = guess
    worth = sum((2 if name in kind.required else 1) * (0.5 + guess.points) for name, guess in chosen.items())
    lacks: float = len([name for name in kind.required if name not in chosen and name != _made(kind)])
    lacks += bool(kind.either) and not any(name in chosen for name in kind.either)
    # Every file has numbers and times: without a matching name they are a weak sign.
    lacks += sum(0.25 for name in kind.required if name in chosen and not chosen[name].points)
    return worth - 4 * lacks, kind, chosen


def _made(kind: Kind) -> str | None:
    """The id that can be made from the row if the file has none."""
    return next((name for name in kind.required if name in {"response_id", "line_id", "invitation_id"}), None)


def _text(kind: Kind, guesses: Mapping[str, Guess], profiles: Mapping[str, Profile], records: str) -> str:
    shown = {column: " ".join(column.split()) for column in profiles}
    needed = [guesses[name].column for name in kind.required if name in guesses]
    others = [guess.column for guess in guesses.values() if guess.column not in needed]
    while len(needed) < FEWEST_RECOGNISED and (more := [name for name in (*others, *profiles) if name not in needed]):
        needed.append(more[0])
    others = [column for column in others if column not in needed]
    unused = [column for column in profiles if column not in {guess.column for guess in guesses.values()}]
    lines = [
        "-- A draft by `northstar explain`. Correct what is marked, then save it as",
        f"-- formats/<name>.{kind.name}.sql in Northstar's home; sql/formats/README.md tells what a format may say.",
        *_listed("recognised by", [shown[column] for column in needed]),
    ]
    if others:
        lines += _listed("also reads", [shown[column] for column in others])
    if records != TOP:
        lines.append(f"-- records: {records}")
    if unused:
        lines.append("--")
        lines += _listed("not used", [shown[column] for column in unused])
        lines.append("-- To keep one, name it under 'also reads' and select it: it goes to the column extra.")
    lines += ["SELECT", "    file_id,", "    row_number,"]
    fields = [
        _field(column.name, guesses[column.name], profiles, shown)
        if column.name in guesses
        else _stand_in(kind, column.name, guesses, shown)
        for column in kind.columns
        if column.name in guesses or column.required
    ]
    last = len(fields) - 1
    lines += [f"    {text}{',' * (number < last)}  -- {note}" for number, (text, note) in enumerate(fields)]
    return "\n".join([*lines, "FROM input", ""])


def _listed(key: str, names: list[str]) -> list[str]:
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow(names)
    cells = re.sub(r",(?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", ", ", out.getvalue())
    return textwrap.wrap(
        f"-- {key}: {cells}", 110, subsequent_indent="--     ", break_long_words=False, break_on_hyphens=False
    )


def _field(name: str, guess: Guess, profiles: Mapping[str, Profile], shown: Mapping[str, str]) -> tuple[str, str]:
    """The line of one canonical column, and the note beside it."""
    column, profile = identifier(shown[guess.column]), profiles[guess.column]
    text, doubt = _time(column, profile) if _shape(name) == "time" else (column, "")
    sure = guess.points and guess.fit >= SURE and not doubt
    why = "by its name and its values" if guess.points else "by its values only"
    if guess.points and not profile.filled:
        why = "by its name, it is empty here"
    note = f"guess: {why}" if sure else f"guess, unsure: {why}{doubt}"
    return f"{text} AS {name}", note


def _shape(name: str) -> str:
    return HINTS.get(name, ("text",))[0]


def _time(column: str, profile: Profile) -> tuple[str, str]:
    """The expression that reads a time, and what is doubtful about it."""
    if profile.plain_time >= max(SURE, *profile.times) or not profile.filled:
        return column, ""
    best = max(profile.times)
    place = profile.times.index(best)
    if profile.plain_time >= best:
        return column, ", some are no times"
    if place >= len(TIME_FORMATS):
        _, divisor = EPOCHS[place - len(TIME_FORMATS)]
        return f"to_timestamp(TRY_CAST({column} AS DOUBLE){divisor})", ""
    pattern = TIME_FORMATS[place]
    equal = [one for one, share in zip(TIME_FORMATS, profile.times, strict=False) if share == best]
    swapped = {one.replace("%d", "%x").replace("%m", "%d").replace("%x", "%m") for one in equal}
    doubt = ", is the day or the month first?" if swapped & set(equal) else ""
    # A value of another form passes unchanged, so that the refusal shows it.
    return f"coalesce(try_strptime(clean({column}), {literal(pattern)})::VARCHAR, {column})", doubt


def _stand_in(kind: Kind, name: str, guesses: Mapping[str, Guess], shown: Mapping[str, str]) -> tuple[str, str]:
    """The line of a required column that no column of the file resembles, and the note beside it."""
    if name != _made(kind):
        return f"NULL AS {name}", "guess, unsure: no column looks like it, and every row is refused without it"
    person = [one for one in ("customer_email", "customer_id") if one in guesses] or ["score", "comment"]
    parts = [kind.main_time or "", "order_id", "sku", "product", *person]
    named = [identifier(shown[guesses[one].column]) for one in parts if one in guesses]
    made = f"md5(concat_ws('|', {', '.join(named)}))" if named else "file_id || ':' || row_number"
    return f"{made} AS {name}", "guess, unsure: the file has no id, so one is made of what does not change"


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
