"""From the columns that a format returns to typed records, or a reason to refuse the row.

Here: the one statement that trims, parses and tests every row of a batch, composed of the kind's columns (kinds.py) and
the macros of sql/macros/raw.sql. Not here: reading files (read.py); storing (ledger.py).

The result of a batch is appended to a temporary table `checked_<kind>`: the columns of raw.<kind>, and `refused`, which
is NULL for good rows and JSON with reason, column, value, allowed and record for others. The first fault in column
order counts.
"""

from __future__ import annotations

from collections.abc import Iterable

import duckdb

from pipelines.raw.allowed import OF_REASON, words_of_check
from pipelines.raw.formats import Format, FormatError, first_line
from pipelines.raw.kinds import Column, Kind, parser
from pipelines.warehouse.quoting import identifier, literal

_CONTROL = frozenset({"file_id", "row_number", "reject", "reject_column", "reject_allowed", "answers"})


def make_tables(connection: duckdb.DuckDBPyConnection, kinds: Iterable[Kind]) -> None:
    """Make the empty tables that batches are appended to."""
    for kind in kinds:
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {_table(kind)} AS "
            f"SELECT *, NULL::VARCHAR AS refused FROM vault.raw.{identifier(kind.name)} LIMIT 0"
        )


def _table(kind: Kind) -> str:
    return identifier(f"checked_{kind.name}")


def check(connection: duckdb.DuckDBPyConnection, one: Format, columns: list[str]) -> None:
    """Append the batch in `input`, which has these columns, as records of the format's kind.

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
    connection.execute(_statement(one, body, given))


def _statement(one: Format, body: str, given: dict[str, tuple[str, str]]) -> str:
    kind = one.kind
    present = [column for column in kind.columns if column.name in given]
    others = sorted(set(given) - set(kind.names) - _CONTROL)
    text = [f"{_as_text(given[column.name])} AS {_text(column.name)}" for column in present]
    typed = [f"{_parse(column, given)} AS {identifier(column.name)}" for column in kind.columns]
    source = literal(one.source)
    who = [_identity(target, email, number, source) for target, email, number in kind.identities]
    extra = "NULL"
    if others:
        pairs = ", ".join(f"{literal(given[name][0])}: {identifier(given[name][0])}" for name in others)
        extra = f"nullif(json_merge_patch('{{}}', to_json({{{pairs}}}))::VARCHAR, '{{}}')"
    passed = [
        "file_id",
        "row_number",
        f"{_clean('reject') if 'reject' in given else 'NULL'} AS reject",
        f"{_clean('reject_column') if 'reject_column' in given else 'NULL'} AS reject_column",
        f"{_clean('reject_allowed') if 'reject_allowed' in given else 'NULL'} AS reject_allowed",
        f"{'answers' if 'answers' in given else 'NULL'} AS answers",
        f"{extra} AS extra",
    ]
    record = ", ".join(f"{literal(column.name)}: {_text(column.name)}" for column in present)
    stored = [*kind.names, "file_id", "row_number", *sorted({"answers", "extra"}.intersection(kind.provenance))]
    stored += [target for target, _, _ in kind.identities]
    return f"""
        INSERT INTO {_table(kind)} BY NAME
        SELECT {", ".join(identifier(name) for name in stored)}, {source} AS source,
            CASE WHEN refusal IS NOT NULL THEN to_json(struct_insert(refusal,
                record := {f"{{{record}}}" if record else "NULL"}))::VARCHAR END AS refused
        FROM (
            SELECT *, {_refusal(kind, given)} AS refusal
            FROM (
                SELECT *, {", ".join([*typed, *who]) or "NULL"}
                FROM (SELECT {", ".join([*passed, *text])} FROM (\n{body}\n))
            )
        )
    """


def _text(name: str) -> str:
    return identifier(f"text of {name}")


def _clean(name: str) -> str:
    return f"clean({identifier(name)}::VARCHAR)"


def _as_text(column: tuple[str, str]) -> str:
    name, kind = column
    return f"clean({identifier(name)})" if kind == "VARCHAR" else f"clean({identifier(name)}::VARCHAR)"


def _parse(column: Column, given: dict[str, tuple[str, str]]) -> str:
    if column.name not in given:
        return f"NULL::{column.type}"
    return parser(column)[0].format(_text(column.name))


def _identity(target: str, email: str, number: str | None, source: str) -> str:
    address = f"email_identity({identifier(email)})"
    if number is None:
        return f"{address} AS {identifier(target)}"
    return f"coalesce({address}, id_identity({source}, {identifier(number)})) AS {identifier(target)}"


def _refusal(kind: Kind, given: dict[str, tuple[str, str]]) -> str:
    cases = []
    if "reject" in given:
        cases.append(("reject IS NOT NULL", _reason("reject", "reject_column", "NULL", _allowed())))
    for column in kind.columns:
        name, text = identifier(column.name), _text(column.name)
        _, fault, allowed = parser(column)
        if column.name not in given:
            if column.required:
                cases.append(("true", _reason("'missing'", literal(column.name), "NULL", literal(allowed))))
            continue
        if column.required:
            cases.append((f"{text} IS NULL", _reason("'missing'", literal(column.name), "NULL", literal(allowed))))
        if column.type != "VARCHAR":
            unparsed = _reason(literal(fault), literal(column.name), text, literal(allowed))
            cases.append((f"{text} IS NOT NULL AND {name} IS NULL", unparsed))
        cases += [
            (f"NOT ({rule})", _reason("'not_allowed'", literal(column.name), text, literal(words_of_check(rule))))
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
