"""How the text of a canonical column becomes its type, and why it does not.

Here: SQL and words for each type, for texts that can be read in one way only (the first reading) and for written ones
(the second reading, which readings.py prepares). Not here: the macros themselves (sql/macros), what a row must be
besides (check.py).
"""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.raw.allowed import OF_REASON, words_of_number
from pipelines.raw.kinds import Column
from pipelines.warehouse.quoting import identifier, literal

# Ids of one rule, whatever the kind; sku too, because a spreadsheet rounds it as it rounds an id.
IDS = frozenset(
    {"response_id", "order_id", "order_number", "line_id", "customer_id", "invitation_id", "referral_id", "sku"}
)
# In these a lone separator before three digits is the decimal sign; in money it may group thousands.
NOT_MONEY = frozenset({"rate", "quantity"})
# Currencies whose smallest unit is a thousandth, and those without a smaller unit (ISO 4217): in the former a lone
# separator before three digits is the decimal sign, in the latter it groups thousands.
THREE_DECIMALS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
NO_DECIMALS = (
    "BIF",
    "CLP",
    "DJF",
    "GNF",
    "ISK",
    "JPY",
    "KMF",
    "KRW",
    "PYG",
    "RWF",
    "UGX",
    "VND",
    "VUV",
    "XAF",
    "XOF",
    "XPF",
)
TIMES = frozenset({"TIMESTAMP WITH TIME ZONE", "DATE"})
# Reasons that a second reading may do away with.
UNREAD = ("not_a_time", "not_a_number")

_TIME_WORDS = {
    "not_a_time": "a time such as 2026-01-31 14:05:00 +0100",
    "ambiguous_date": OF_REASON["ambiguous_date"],
    "unknown_zone": "an offset such as +01:00 or a name such as Europe/Paris in place of the zone's abbreviation",
    "in_future": "a day that has come; if it was read wrongly, export a longer period or set NORTHSTAR_DATE_ORDER",
}
_AMBIGUOUS_NUMBER = (
    "an amount that can be read in one way only, such as 1234.50: no other amount of the file shows whether its "
    "separator groups thousands or is the decimal sign"
)
_ROUNDED = "an id as its source wrote it; this one was rounded by a spreadsheet: export again without opening it"


def text(name: str) -> str:
    """The column that holds the text of a canonical column."""
    return identifier(f"text of {name}")


@dataclass(frozen=True)
class Reading:
    """SQL of a column's value from its text, of the reason why it has none, and of what is allowed.

    late: SQL of whether the value is one that its time has not come for, else None.
    """

    value: str
    fault: str
    allowed: str
    late: str | None = None


def is_time(column: Column) -> bool:
    """Whether the column holds a time or a day."""
    return column.type in TIMES


def is_money(column: Column) -> bool:
    """Whether the column holds an amount of money."""
    return column.type.startswith("DECIMAL") and column.name not in NOT_MONEY


def reading(column: Column, *, is_written: bool, is_dating: bool = False) -> Reading:
    """How one column is read.

    is_written: in the second reading, with the tables and columns that readings.written_texts has. is_dating: it is
    the time that dates the record.
    """
    if column.type in TIMES:
        return _time(column, is_written=is_written, is_dating=is_dating)
    if column.type.startswith("DECIMAL"):
        return _number(column, is_written=is_written)
    return _simple(column)


def _simple(column: Column) -> Reading:
    """A column whose texts can be read in one way only."""
    cell, kind = text(column.name), column.type
    by_type = {
        "TINYINT": (f"parse_score({cell})", "not_a_score", "a whole number from 0 to 10"),
        "BOOLEAN": (f"parse_boolean({cell})", "not_a_boolean", "yes, no, true, false, 1 or 0"),
        "VARCHAR": (f"upper({cell})" if column.name == "currency" else cell, "not_text", "text"),
    }
    whole = (f"TRY_CAST(parse_integer({cell}) AS {kind})", "not_a_number", words_of_number(kind))
    value, fault, words = by_type.get(kind, whole)
    if column.name not in IDS:
        return Reading(value, literal(fault), literal(words))
    rounded = f"is_rounded_id({cell})"
    return Reading(
        f"clean_id({cell})",
        f"CASE WHEN {rounded} THEN 'rounded_id' ELSE 'missing' END",
        f"CASE WHEN {rounded} THEN {literal(_ROUNDED)} ELSE 'text' END",
    )


def _time(column: Column, *, is_written: bool, is_dating: bool) -> Reading:
    cell = text(column.name)
    plain = f"plain_date({cell})" if column.type == "DATE" else f"plain_time({cell})"
    if not is_written:
        return Reading(plain, literal("not_a_time"), literal(_TIME_WORDS["not_a_time"]))
    written, order = identifier(f"time of {column.name}"), identifier(f"order of {column.name}")
    value = f"""coalesce({plain}, CAST(CASE WHEN NOT {written}.needs_order
        THEN coalesce({written}.day_first, {written}.month_first)
        WHEN {order} = 'day' THEN {written}.day_first WHEN {order} = 'month' THEN {written}.month_first
        END AS {column.type}))"""
    can_be = f"{written}.needs_order AND coalesce({written}.day_first, {written}.month_first) IS NOT NULL"
    unread = (
        f"CASE WHEN {order} IS NULL AND {can_be} THEN 'ambiguous_date' ELSE coalesce({written}.fault, 'not_a_time') END"
    )
    late = None
    if is_dating:
        late = f"coalesce({written}.needs_order AND {identifier(column.name)} > getvariable('latest_time'), false)"
        unread = f"CASE WHEN {late} THEN 'in_future' ELSE {unread} END"
    words = " ".join(f"WHEN {literal(code)} THEN {literal(allowed)}" for code, allowed in _TIME_WORDS.items())
    return Reading(value, unread, f"CASE {unread} {words} END", late)


def _number(column: Column, *, is_written: bool) -> Reading:
    cell, words = text(column.name), literal(words_of_number(column.type))
    plain = f"plain_decimal({cell})"
    if not is_written:
        return Reading(f"TRY_CAST({plain} AS {column.type})", literal("not_a_number"), words)
    written, sign = identifier(f"number of {column.name}"), identifier(f"sign of {column.name}")
    own = f"CASE {written}.lone WHEN '.' THEN {written}.with_point ELSE {written}.with_comma END"
    other = f"CASE {written}.lone WHEN '.' THEN {written}.with_comma ELSE {written}.with_point END"
    if is_money(column):
        lone = f"""CASE
            WHEN money_currency IN {THREE_DECIMALS} THEN {own}
            WHEN money_currency IN {NO_DECIMALS} THEN {other}
            WHEN {sign} = '.' THEN {written}.with_point WHEN {sign} = ',' THEN {written}.with_comma END"""
    else:
        lone = own
    value = f"TRY_CAST(coalesce({plain}, {written}.number, {lone}) AS {column.type})"
    is_ambiguous = f"{written}.lone IS NOT NULL AND ({lone}) IS NULL"
    return Reading(
        value,
        f"CASE WHEN {is_ambiguous} THEN 'ambiguous_number' ELSE 'not_a_number' END",
        f"CASE WHEN {is_ambiguous} THEN {literal(_AMBIGUOUS_NUMBER)} ELSE {words} END",
    )
