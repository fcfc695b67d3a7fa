"""What the commands tell a person: the summary after a run, the status.

Here: reading the published file and putting it in words. Not here: computing any figure.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

import duckdb
import polars as pl

from pipelines.raw.erasure.request import Forgotten
from pipelines.raw.trial import Trial
from pipelines.settings import Settings
from pipelines.warehouse.lock import holder


def summary(settings: Settings) -> str:
    """The last complete month's score, what a promoter is worth, and where to look next."""
    if not settings.published_path.exists():
        return "Nothing is published yet."
    reader = duckdb.connect(str(settings.published_path), read_only=True)
    try:
        lines = [*_score(reader, settings), *_worth(reader, settings), *_left_out(reader, settings)]
    finally:
        reader.close()
    lines += [
        "",
        f"published file   {settings.published_path}",
        f"exports go to    {settings.landing}",
        "",
        "next             northstar status        what landed, what was refused, what is stale",
        "                 northstar ui            schedules, backfills and checks in the browser",
    ]
    return "\n".join(lines)


def _score(reader: duckdb.DuckDBPyConnection, settings: Settings) -> list[str]:
    rows = reader.sql(
        "SELECT strftime(period_start, '%B %Y'), nps, nps_low, nps_high, responses, is_reliable, change, change_low, "
        "change_high FROM nps.by_period WHERE grain = 'month' AND stage = 'all' AND is_complete "
        "ORDER BY period_start DESC LIMIT 1"
    ).fetchall()
    if not rows:
        return ["No complete month with answers yet."]
    month, nps, low, high, responses, reliable, change, change_low, change_high = rows[0]
    level = f"{settings.confidence:.0%}"
    lines = ["", f"NPS of {month}: {nps:.1f}   ({level} interval {low:.1f} to {high:.1f}, {responses} answers)"]
    if change is not None:
        lines.append(
            f"  change to the month before: {change:+.1f} points   (interval {change_low:+.1f} to {change_high:+.1f})"
        )
    if not reliable:
        lines.append(f"  fewer than {settings.min_responses} answers: not reliable")
    return lines


def _worth(reader: duckdb.DuckDBPyConnection, settings: Settings) -> list[str]:
    found = {
        category: (total, low, high, customers)
        for category, total, low, high, customers in reader.sql(
            "SELECT category, total_value, total_value_low, total_value_high, customers FROM value.promoter_value "
            "WHERE month = (SELECT max(month) FROM value.promoter_value)"
        ).fetchall()
    }
    if not found:
        return ["What customers are worth cannot be told: no order with a known currency rate yet."]
    [(currency,)] = reader.sql("SELECT max(value) FROM ops.state WHERE name = 'reporting_currency'").fetchall()
    unit = "" if currency == "XXX" else f" {currency}"
    lines = ["", "What a customer is worth so far, own orders and friends referred (an association, not an effect):"]
    for category in ("promoter", "passive", "detractor", "unsurveyed"):
        if category in found:
            total, low, high, customers = found[category]
            interval = f"{settings.confidence:.0%} interval {low:,.2f} to {high:,.2f}, " if low is not None else ""
            lines.append(f"  {category:<11}{total:>12,.2f}{unit}   ({interval}{customers} customers)")
    return lines


def forgotten(done: Forgotten) -> str:
    """What became of a request to be forgotten; the person themselves is not named."""
    lines = []
    if done.is_known:
        records = ", ".join(f"{count} {kind}" for kind, count in sorted(done.records.items()))
        lines.append(f"Forgotten: {done.identities} addresses and ids; kept without them: {records}.")
    if done.files:
        lines += ["Landing files that still hold the person (they are yours: Northstar never changes them):"]
        lines += [f"  {path}" for path in done.files]
    return "\n".join(lines)


def _left_out(reader: duckdb.DuckDBPyConnection, settings: Settings) -> list[str]:
    statuses = dict(reader.sql("SELECT status, count(*) FROM ops.files GROUP BY ALL").fetchall())
    [(rejected,)] = reader.sql("SELECT count(*) FROM ops.rejected WHERE superseded_by IS NULL").fetchall()
    [(without_rate,)] = reader.sql("SELECT count(*) FROM core.orders WHERE gross IS NULL").fetchall()
    parts = [f"{count} files {status}" for status, count in sorted(statuses.items())]
    [(superseded,)] = reader.sql("SELECT count(*) FROM ops.superseded").fetchall()
    lines = ["", ", ".join([*parts, f"{rejected} rows refused (ops.rejected says why)"])]
    if superseded:
        lines.append(f"{superseded} answers of one moment set aside for another (ops.superseded says which)")
    if without_rate:
        lines.append(f"{without_rate} orders count no money: set NORTHSTAR_CURRENCY, drop exchange_rates")
    return [*lines, *_mostly_refused(reader, settings)]


def _mostly_refused(reader: duckdb.DuckDBPyConnection, settings: Settings) -> list[str]:
    """The files that the check ops_files_rejected warns of, with their reasons."""
    from pipelines.warehouse import checks

    [found] = [one for one in checks.run(reader, settings, {"ops.files"}) if one.check.name == "ops_files_rejected"]
    lines = [
        f"{path}: {refused} of {rows} rows refused, mostly {reasons}"
        for path, refused, rows, reasons in found.sample.rows()
    ]
    more = found.offending - len(lines)
    return [*lines, *([f"and {more} more files of which many rows are refused"] if more > 0 else [])]


def status(settings: Settings) -> str:
    """Last run, age of the published file, stale months, files waiting, rejects."""
    writer = holder(settings.home / "lock")
    lines = [f"home             {settings.home}", f"running now      {writer or 'nothing'}"]
    if not settings.published_path.exists():
        return "\n".join([*lines, "published file   none yet: northstar run"])
    reader = duckdb.connect(str(settings.published_path), read_only=True)
    try:
        lines.append(f"published file   {settings.published_path}, {_hours_old(settings):.1f} hours old")
        for run_id, at, tables, months in reader.sql(
            "SELECT run_id, strftime(max(computed_at AT TIME ZONE 'UTC'), '%Y-%m-%d %H:%M UTC'), "
            "count(DISTINCT table_name), count(DISTINCT month) FROM ops.computed GROUP BY run_id "
            "ORDER BY max(computed_at) DESC LIMIT 1"
        ).fetchall():
            lines.append(f"last run         {run_id[:8]} at {at}: {tables} tables, {months} months")
        stale, night = _working_copy(settings, reader, writer)
        lines += [f"stale months     {stale}", *_night(night)]
        lines.append(
            "files            "
            + (_counts(reader, "SELECT status, count(*) FROM ops.files GROUP BY ALL ORDER BY ALL") or "none")
        )
        rejects = (
            "SELECT coalesce(column_name || ' ', '') || reason, count(*) AS refused FROM ops.rejected "
            "WHERE superseded_by IS NULL GROUP BY ALL ORDER BY refused DESC, 1 LIMIT 5"
        )
        lines.append("rows refused     " + (_counts(reader, rejects) or "none"))
        for path, state, reason in reader.sql(
            "SELECT path, status, reason FROM ops.files WHERE status NOT IN ('loaded', 'duplicate') "
            "ORDER BY path LIMIT 10"
        ).fetchall():
            lines.append(f"                 {path}: {state}{f', {reason}' if reason else ''}")
        lines += [f"                 {line}" for line in _mostly_refused(reader, settings)]
    finally:
        reader.close()
    return "\n".join(lines)


def not_well(settings: Settings, max_age: float) -> str | None:
    """What a monitor is to raise an alarm for, or None: the published file's age in hours, how the last night ended."""
    if not settings.published_path.exists():
        return "Nothing is published yet."
    hours = _hours_old(settings)
    if hours > max_age:
        return f"The published file is {hours:.1f} hours old, allowed are {max_age:g}."
    writer = holder(settings.home / "lock")
    reader = duckdb.connect(str(settings.published_path), read_only=True)
    try:
        _, night = _working_copy(settings, reader, writer)
    finally:
        reader.close()
    for one in night.to_dicts():
        if one["status"] == "failed":
            return f"The last night, {one['night_id']}, failed: {one['reason']}."
    return None


def _hours_old(settings: Settings) -> float:
    published = datetime.fromtimestamp(settings.published_path.stat().st_mtime, UTC)
    return (datetime.now(UTC) - published).total_seconds() / 3600


def _counts(reader: duckdb.DuckDBPyConnection, statement: str) -> str:
    return ", ".join(f"{count} {name}" for name, count in reader.sql(statement).fetchall())


def _working_copy(
    settings: Settings, reader: duckdb.DuckDBPyConnection, writer: str | None
) -> tuple[str, pl.DataFrame]:
    """Months stale in the working file, and the newest night; nobody looks into it while a run has it open."""
    from pipelines.figures import stale
    from pipelines.ops import nights

    if writer is not None:
        return "a run is at it", nights.newest(reader)
    from pipelines.warehouse.connection import opened
    from pipelines.warehouse.lock import exclusive

    with exclusive(settings.home / "lock", "northstar status", on_wait=lambda _: None), opened(settings) as connection:
        months = sorted({month for months in stale(connection, settings).values() for month in months})
        night = nights.newest(connection)
    return ", ".join(f"{month:%Y-%m}" for month in months[:12]) + (" ..." if len(months) > 12 else ""), night


def _night(newest: pl.DataFrame) -> list[str]:
    """What the newest night did and why."""
    lines: list[str] = []
    for night in newest.to_dicts():
        # Told while a run is at it, or between a night's two runs, or after a kill that no run has noticed yet.
        ended = "not finished" if night["status"] == "running" else night["status"]
        reason = f", {night['reason']}" if night["reason"] else ""
        lines.append(f"last night       {night['night_id']}, begun {night['started']}: {ended}{reason}")
        if night["files_loaded"] is not None:
            lines.append(
                f"                 loaded {night['files_loaded']} files ({night['files_failed']} failed, "
                f"{night['files_unrecognised']} not recognised), {night['rows_accepted']} rows "
                f"({night['rows_rejected']} refused)"
            )
        if night["first_stale_month"]:
            lines.append(f"                 stale from {night['first_stale_month']}: {night['because']}")
        if night["published"]:
            lines.append(
                f"                 computed {night['months']} months, {night['figure_rows']} rows of figures, "
                f"published {night['published']}; {night['restatements']} figures of closed months moved"
            )
        if night["seconds"]:
            lines.append(f"                 seconds: {night['seconds']}")
    return lines


def explanation(found: Sequence[Trial]) -> str:
    """What one file would do, and each of its members: as tried, nothing was loaded."""
    lines: list[str] = []
    for one in found:
        as_what = f" as {one.format}" + (f" ({one.kind})" if one.kind else "") if one.format else ""
        lines.append(f"{one.path or 'the file'}: {one.status}{as_what}")
        if one.reason:
            lines.append(f"  {one.reason}")
        if one.rows is not None:
            lines.append(f"  {one.rows} rows: {one.accepted} accepted, {one.rejected} refused")
        if one.first_event_at is not None and one.last_event_at is not None:
            lines.append(f"  from {one.first_event_at:%Y-%m-%d} to {one.last_event_at:%Y-%m-%d}")
        lines += [f"  {count} {kind}" for kind, count in one.records.items()]
        lines += [f"  refused: {count} {reason}" for reason, count in one.reasons]
        for row, column, reason, value, allowed in one.first_refused:
            told = f"  row {row}: {column or 'the row'} {reason}"
            lines.append(
                told + (f", value {value!r}" if value else "") + (f"; allowed is {allowed}" if allowed else "")
            )
        if one.draft:
            lines += ["", one.draft.text]
    return "\n".join(lines)


def formats(settings: Settings) -> str:
    """Every format: its name, source, where it is from, the columns it is recognised by; and what is no format."""
    from pipelines.raw.formats import known_formats

    known = known_formats(settings)
    lines = []
    for one in known.all:
        where = "own" if one.is_own else "in the program" if one.is_canonical else "shipped"
        either = f"{' or '.join(one.kind.either)}" if one.is_canonical and one.kind.either else ""
        columns = ", ".join([*one.recognised, *([either] if either else [])])
        lines += [f"{one.name}", f"  source {one.source}, {where}{f': {one.where}' if one.where else ''}"]
        lines.append(f"  recognised by: {columns}")
        if one.fault:
            lines.append(f"  cannot be used: {one.fault}")
    lines += [f"not used: {problem}" for problem in known.problems]
    return "\n".join(lines)
