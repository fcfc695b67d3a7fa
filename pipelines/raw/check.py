"""From the columns that a format returns to typed records, or a reason to refuse the row.

Here: the one statement that trims, parses and tests every row of a batch, composed of the kind's columns (kinds.py) and
the macros of sql/macros/raw.sql. Not here: reading files (read.py); storing (ledger.py).

The result of a batch is appended to a temporary table `checked_<kind>`: the columns of raw.<kind>; `refused`, which is
NULL for good rows and JSON with reason, column, value, allowed and record for others (the first fault in column order);
`rounded`, the optional column whose id a spreadsheet rounded, so that it has none; and `unused_question`, a second
recommendation question that the row answers.

A batch is read once, as if every value could be read in one way only. If rows are refused because a time or a number
could not be read, the batch is read a second time, with what the files themselves tell (readings.py).
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from pipelines.raw import repeats
from pipelines.raw.allowed import OF_REASON, words_of_check
from pipelines.raw.formats import Format, FormatError, first_line
from pipelines.raw.kinds import Column, Kind
from pipelines.raw.readings import prepare, written_texts
from pipelines.raw.values import IDS, UNREAD, Reading, is_money, reading, text
from pipelines.warehouse.quoting import identifier, literal

_CONTROL = frozenset(
    {"file_id", "row_number", "reject", "reject_column", "reject_allowed", "answers", "unused_question", "currency"}
)
# Rows of a batch up to which its texts are stored before they are read: a small file's time is the planning of its
# format, which is then done once for both readings (Google Forms: 1.3 s of processor, 0.7 with this).
SMALL = 50_000
# Columns of checked_<kind> that raw.<kind> has not.
ADDED = ("refused", "rounded", "unused_question")


def make_tables(connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind]) -> None:
    """Make the empty tables that batches are appended to."""
    added = ", ".join(f"NULL::VARCHAR AS {name}" for name in ADDED)
    for kind in kinds:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_table(kind)} AS "
            f"SELECT *, {added} FROM vault.raw.{identifier(kind.name)} LIMIT 0"
        )
    connection.execute("CREATE OR REPLACE TEMP TABLE readings AS FROM vault.raw.readings LIMIT 0")
    repeats.make_table(connection)


def _table(kind: Kind) -> str:
    return identifier(f"checked_{kind.name}")


def check(connection: duckdb.DuckDBPyConnection, one: Format, columns: list[str], *, has_repeats: bool = False) -> None:
    """Append the batch in `input`, which has these columns, as records of the format's kind.

    has_repeats: whether rows of it are repeated (repeats.py), so that what they add is to be noted.

    Raises:
        FormatError: the format's SELECT does not work.
        duckdb.Error: a row makes the statement fail.
    """
    if one.fault:
        message = f"{one.where}: {one.fault}"
        raise FormatError(message)
    body = one.body(columns)
    try:
        described = connection.sql(f"DESCRIBE SELECT * FROM (\n{body}\n)").fetchall()
    except duckdb.Error as error:
        message = f"{one.where or one.name}: {first_line(error)}"
        raise FormatError(message) from None
    given = {row[0].lower(): (row[0], row[1]) for row in described}
    missing = [name for name in ("file_id", "row_number") if name not in given]
    if missing:
        message = f"{one.where}: the SELECT must return {' and '.join(missing)}"
        raise FormatError(message)
    body, given = _with_currency(one.kind, body, given)
    table = _table(one.kind)
    [(first,)] = connection.execute(f"SELECT coalesce(max(rowid), -1) + 1 FROM {table}").fetchall()
    texts = _texts(one.kind, body, given)
    is_written = _append(connection, one, texts, given, first)
    if has_repeats:
        connection.execute(f"CREATE OR REPLACE TEMP TABLE {repeats.ONCE} AS FROM {table} LIMIT 0")
        with repeats.hidden(connection):
            if is_written:
                _land(connection, texts)
            source = written_texts(one.kind, _present(one.kind, given)) if is_written else texts
            connection.execute(_statement(one, repeats.ONCE, source, given, is_written=is_written))
        repeats.note(connection, one.kind, first)


def _append(
    connection: duckdb.DuckDBPyConnection, one: Format, texts: str, given: dict[str, tuple[str, str]], first: int
) -> bool:
    """Append the rows of `texts`, a query, whose rowids begin with `first`; whether a second reading was needed."""
    table = _table(one.kind)
    [(rows,)] = connection.execute("SELECT coalesce(sum(rows), 0) FROM counted").fetchall()
    is_small = rows <= SMALL
    if is_small:
        _land(connection, texts)
    source = "FROM landed" if is_small else texts
    connection.execute(_statement(one, table, source, given, is_written=False))
    reasons = ", ".join(literal(reason) for reason in UNREAD)
    unread = f"rowid >= {first} AND refused IS NOT NULL AND refused->>'reason' IN ({reasons})"
    if not connection.execute(f"SELECT 1 FROM {table} WHERE {unread} LIMIT 1").fetchall():
        return False
    connection.execute(f"DELETE FROM {table} WHERE rowid >= {first}")
    if not is_small:
        _land(connection, texts)
    present = _present(one.kind, given)
    prepare(connection, one.kind, present)
    connection.execute(_statement(one, table, written_texts(one.kind, present), given, is_written=True))
    return True


def _land(connection: duckdb.DuckDBPyConnection, texts: str) -> None:
    connection.execute(f"CREATE OR REPLACE TEMP TABLE landed AS {texts}")


def _present(kind: Kind, given: dict[str, tuple[str, str]]) -> list[Column]:
    return [column for column in kind.columns if column.name in given]


def _with_currency(kind: Kind, body: str, given: dict[str, tuple[str, str]]) -> tuple[str, dict[str, tuple[str, str]]]:
    """The format's SELECT and its columns with the currency that the text of an amount names where no column does.

    `currency_sign` is a sign that names no currency ($, ¥, kr), or one of another currency than the column's; both are
    told (ops.doubts). A format may return either itself.
    """
    amount = next((column.name for column in kind.columns if is_money(column)), None)
    if "currency" not in kind.names or amount not in given:
        return body, given
    cell = _as_text(given[amount])
    column = _as_text(given["currency"]) if "currency" in given else "NULL"
    added = [f"coalesce({column}, currency_in_amount) AS currency"]
    if "currency_sign" not in given:
        added.append(f"""CASE WHEN currency_in_amount IS NULL THEN
                CASE WHEN {column} IS NULL AND TRY_CAST({cell} AS DOUBLE) IS NULL THEN sign_alone({cell}) END
            WHEN currency_in_amount <> upper({column}) THEN currency_in_amount END AS currency_sign""")
    kept = "currency_in_amount, currency" if "currency" in given else "currency_in_amount"
    computed = {name: (name, "VARCHAR") for name in ("currency", "currency_sign")}
    # Named once: the macro is so long that to plan it four times took 30 ms of processor a file.
    named = f"CASE WHEN TRY_CAST({cell} AS DOUBLE) IS NULL THEN named_currency({cell}) END AS currency_in_amount"
    body = f"SELECT *, {named} FROM (\n{body}\n)"
    return f"SELECT * EXCLUDE ({kept}), {', '.join(added)} FROM (\n{body}\n)", given | computed


def _texts(kind: Kind, body: str, given: dict[str, tuple[str, str]]) -> str:
    """The query of a batch's cells as text, and of what its format says beside them."""
    others = sorted(set(given) - set(kind.names) - _CONTROL)
    extra = "NULL"
    if others:
        pairs = ", ".join(f"{literal(given[name][0])}: {identifier(given[name][0])}" for name in others)
        is_empty = " AND ".join(f"{identifier(given[name][0])} IS NULL" for name in others)
        extra = f"CASE WHEN NOT ({is_empty}) THEN json_merge_patch('{{}}', to_json({{{pairs}}}))::VARCHAR END"
    currency = f"upper({_clean('currency')})" if "currency" in given else "NULL"
    said = ("reject", "reject_column", "reject_allowed", "unused_question")
    passed = [
        "file_id",
        "row_number",
        *(f"{_clean(name) if name in given else 'NULL::VARCHAR'} AS {name}" for name in said),
        f"coalesce({currency}, getvariable('reporting_currency_set')) AS money_currency",
        f"{'answers' if 'answers' in given else 'NULL'} AS answers",
        f"{extra} AS extra",
        *(f"{_as_text(given[column.name])} AS {text(column.name)}" for column in _present(kind, given)),
    ]
    return f"SELECT {', '.join(passed)} FROM (\n{body}\n)"


def _statement(one: Format, table: str, texts: str, given: dict[str, tuple[str, str]], *, is_written: bool) -> str:
    """Append the rows of `texts`, a query, to a table; is_written: in the second reading."""
    kind = one.kind
    present = _present(kind, given)
    readings = {column.name: _reading(kind, column, is_written=is_written) for column in present}
    typed = [f"{how.value} AS {identifier(name)}" for name, how in readings.items()]
    typed += [f"NULL::{column.type} AS {identifier(column.name)}" for column in kind.columns if column not in present]
    source = literal(one.source)
    who = [_identity(target, email, number, source) for target, email, number in kind.identities]
    record = ", ".join(f"{literal(column.name)}: {text(column.name)}" for column in present)
    stored = [*kind.names, "file_id", "row_number", *sorted({"answers", "extra"}.intersection(kind.provenance))]
    stored += [target for target, _, _ in kind.identities] + ["unused_question"]
    return f"""
        INSERT INTO {table} BY NAME
        SELECT {", ".join(identifier(name) for name in stored)}, {source} AS source, {_rounded(present)} AS rounded,
            CASE WHEN refusal IS NOT NULL THEN to_json(struct_insert(refusal,
                record := {f"{{{record}}}" if record else "NULL"}))::VARCHAR END AS refused
        FROM (
            SELECT *, {_refusal(kind, given, readings)} AS refusal
            FROM (SELECT *, {", ".join([*typed, *who])} FROM ({texts}))
        )
    """


def _reading(kind: Kind, column: Column, *, is_written: bool) -> Reading:
    return reading(column, is_written=is_written, is_dating=column.name == kind.main_time)


def _rounded(present: list[Column]) -> str:
    """SQL of the optional column whose id a spreadsheet rounded."""
    names = [column.name for column in present if column.name in IDS and not column.required]
    cases = [f"WHEN {identifier(name)} IS NULL AND is_rounded_id({text(name)}) THEN {literal(name)}" for name in names]
    return f"CASE {' '.join(cases)} END" if cases else "NULL"


def _clean(name: str) -> str:
    return f"clean({identifier(name)}::VARCHAR)"


def _as_text(column: tuple[str, str]) -> str:
    name, kind = column
    return f"clean({identifier(name)})" if kind == "VARCHAR" else f"clean({identifier(name)}::VARCHAR)"


def _identity(target: str, email: str, number: str | None, source: str) -> str:
    address = f"email_identity({identifier(email)})"
    if number is None:
        return f"{address} AS {identifier(target)}"
    return f"coalesce({address}, id_identity({source}, {identifier(number)})) AS {identifier(target)}"


def _refusal(kind: Kind, given: dict[str, tuple[str, str]], readings: dict[str, Reading]) -> str:
    cases = []
    if "reject" in given:
        cases.append(("reject IS NOT NULL", _reason("reject", "reject_column", "NULL", _allowed())))
    for column in kind.columns:
        name, cell, label = identifier(column.name), text(column.name), literal(column.name)
        how = readings.get(column.name) or _reading(kind, column, is_written=False)
        # What is allowed where nothing stands is what the plainest value is.
        words = _reading(kind, column, is_written=False).allowed if column.name not in IDS else literal("text")
        if column.name not in given:
            if column.required:
                cases.append(("true", _reason("'missing'", label, "NULL", words)))
            continue
        if column.required:
            cases.append((f"{cell} IS NULL", _reason("'missing'", label, "NULL", words)))
        if column.type != "VARCHAR" or (column.name in IDS and column.required):
            unread = f"{cell} IS NOT NULL AND ({name} IS NULL{f' OR {how.late}' if how.late else ''})"
            cases.append((unread, _reason(how.fault, label, cell, how.allowed)))
        cases += [
            (f"NOT ({rule})", _reason("'not_allowed'", label, cell, literal(words_of_check(rule))))
            for rule in column.checks
        ]
    if kind.either:
        either = " AND ".join(f"{identifier(name)} IS NULL" for name in kind.either)
        words = literal(" or ".join(kind.either))
        cases.append((either, _reason("'missing'", words, "NULL", words)))
    for rule, names in kind.checks:
        broken = _reason("'not_allowed'", literal(", ".join(names)), "NULL", literal(words_of_check(rule)))
        cases.append((f"NOT ({rule})", broken))
    if not cases:
        return "NULL"
    return "CASE " + " ".join(f"WHEN {test} THEN {result}" for test, result in cases) + " END"


def _reason(reason: str, column: str, value: str, allowed: str) -> str:
    parts = {"reason": reason, "column": column, "value": value, "allowed": allowed}
    return "{" + ", ".join(f"'{name}': {part}::VARCHAR" for name, part in parts.items()) + "}"


def _allowed() -> str:
    """What a row must be that a format refuses: its own words, else those of the reason."""
    words = " ".join(f"WHEN {literal(reason)} THEN {literal(text)}" for reason, text in OF_REASON.items())
    return f"coalesce(reject_allowed, CASE reject {words} END)"
