"""The files that people act on: {PUBLISHED}/audiences/*.csv, the only published files with addresses.

Here: their names and columns, writing them, and removing those of audiences that no longer exist. Not here: who is in
them (definitions.py, survey_plan.py), the addresses (pipelines/raw/people.py), and taking out a forgotten person at
once (pipelines/raw/erasure/traces.py).

Every file is replaced at once, for its owner alone (0600). Text that a spreadsheet would run as a formula begins with
an apostrophe; the original is what follows it. Phone numbers stand in no file but as hashes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import polars as pl

from pipelines.loop.definitions import AUDIENCES
from pipelines.periods import Clock
from pipelines.raw import people
from pipelines.settings import Settings
from pipelines.warehouse.connection import sync_folder
from pipelines.warehouse.frames import frame
from pipelines.warehouse.sql_files import statements

FOLDER = "audiences"
# The names of the files written last; whatever else lies in the folder is somebody's own.
WRITTEN = ".written"
# What a spreadsheet takes for the beginning of a formula.
FORMULA = r"^[=+\-@\t\r]"
HASHED = "meta"
EMAIL, NAME = pl.col("email"), pl.col("name")
FIRST_NAME = NAME.str.extract(r"^(\S+)")
LAST_NAME = NAME.str.extract(r"^\S+\s+(.*)$")
CUSTOMER = pl.col("customer_id")
Columns = Mapping[str, pl.Expr]
# The first column and the names are those that Klaviyo and Mailchimp map by themselves; Tags is Mailchimp's.
AUDIENCE: Columns = {
    "Email Address": EMAIL,
    "First Name": FIRST_NAME,
    "Last Name": LAST_NAME,
    "Tags": pl.col("audience"),
    "Customer ID": CUSTOMER,
    "Reason": pl.col("reason"),
}
# A customer list of Meta: SHA-256 of the normalised values.
CUSTOMER_LIST: Columns = {"email": pl.col("email_hash"), "phone": pl.col("phone_hash")}
_SURVEY: Columns = {"Stage": pl.col("stage"), "Occasion": pl.col("reason"), "Customer ID": CUSTOMER}
# The survey plan of the day, by tool. Columns that a tool does not know become properties of the person.
SURVEYS: Mapping[str, Columns] = {
    "retently": {"Email": EMAIL, "First Name": FIRST_NAME, "Last Name": LAST_NAME, **_SURVEY},
    "delighted": {"Email": EMAIL, "Name": NAME, **_SURVEY},
    "klaviyo": {"Email Address": EMAIL, "First Name": FIRST_NAME, "Last Name": LAST_NAME, **_SURVEY},
    "generic": {
        "customer_email": EMAIL,
        "customer_name": NAME,
        "customer_id": CUSTOMER,
        "stage": pl.col("stage"),
        "reason": pl.col("reason"),
        "due_date": pl.col("due_date"),
    },
}
QUEUE: Columns = {
    "Email Address": EMAIL,
    "First Name": FIRST_NAME,
    "Last Name": LAST_NAME,
    "Customer ID": CUSTOMER,
    "Priority": pl.col("priority"),
    "Status": pl.col("status"),
    "Due": pl.col("due_at").dt.strftime("%Y-%m-%d %H:%M"),
    "Category": pl.col("category"),
    "Score": pl.col("score"),
    "Answered": pl.col("responded_at").dt.strftime("%Y-%m-%d %H:%M"),
    "Topics": pl.col("topics"),
    "Comment": pl.col("comment"),
    "Order ID": pl.col("order_id"),
    "Response ID": pl.col("response_id"),
}


@dataclass(frozen=True)
class WrittenFile:
    """A file: its path, its rows, and how many of the customers it is about have no row, for want of an address."""

    path: Path
    rows: int
    without_address: int


def write(connection: duckdb.DuckDBPyConnection, settings: Settings) -> list[WrittenFile]:
    """Write every file anew from the warehouse and the vault, and remove those of audiences that are no more.

    Args:
        connection: warehouse and vault.
        settings: the published folder, and the clock: the survey plan is that of its day.
    """
    clock = Clock(settings.as_of, settings.timezone)
    belonging = frame(connection.sql(statements("loop/audience_members.sql"), params={"month": clock.open_month}))
    due = frame(connection.sql(statements("loop/surveys_of_day.sql"), params={"day": clock.today}))
    waiting = frame(connection.sql(statements("loop/queue.sql"), params={"month": clock.open_month}))
    queue = waiting.with_columns(pl.col("due_at", "responded_at").dt.convert_time_zone(settings.timezone))
    customers = pl.concat([rows["customer_id"] for rows in (belonging, due, queue)]).unique()
    contacts = people.contacts(connection, settings, customers)
    folder = settings.published / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with_addresses = (
        rows.join(contacts, on="customer_id", how="left", maintain_order="left") for rows in (belonging, due, queue)
    )
    files = [_write(folder / name, rows, columns) for name, rows, columns in _contents(*with_addresses)]
    _remove_others(folder, {file.path.name for file in files})
    sync_folder(folder)
    return files


def _contents(
    belonging: pl.DataFrame, due: pl.DataFrame, queue: pl.DataFrame
) -> Iterator[tuple[str, pl.DataFrame, Columns]]:
    """Name, customers with their addresses, and columns of every file."""
    for audience in AUDIENCES:
        members = belonging.filter(pl.col("audience") == audience.name)
        yield f"{audience.name}.csv", members, AUDIENCE
        yield f"{audience.name}.{HASHED}.csv", members, CUSTOMER_LIST
    for tool, columns in SURVEYS.items():
        yield f"survey_plan.{tool}.csv", due, columns
    yield "follow_ups.csv", queue, QUEUE


def _write(path: Path, rows: pl.DataFrame, columns: Columns) -> WrittenFile:
    """Replace one file; whoever has none of the values that name a person is left out."""
    naming = [name for name in columns if name.lower().startswith(("email", "customer_email", "phone"))]
    table = rows.select(**columns).filter(pl.any_horizontal(pl.col(naming).is_not_null()))
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            table.with_columns(neutralised(name) for name in table.select(pl.col(pl.String)).columns).write_csv(out)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return WrittenFile(path, table.height, rows.height - table.height)


def is_private(path: Path) -> bool:
    """Whether nobody but the owner may read or write a file."""
    return path.stat().st_mode & 0o077 == 0


def neutralised(name: str) -> pl.Expr:
    """A text column that no spreadsheet runs as a formula: an apostrophe stands before what looks like one."""
    text = pl.col(name)
    return pl.when(text.str.contains(FORMULA)).then(pl.concat_str(pl.lit("'"), text)).otherwise(text).alias(name)


def _remove_others(folder: Path, names: set[str]) -> None:
    """Remove the files that an earlier night wrote and this one did not; note those of this one."""
    note = folder / WRITTEN
    earlier = set(json.loads(note.read_text())) if note.exists() else set()
    for name in earlier - names:
        (folder / name).unlink(missing_ok=True)
    # A killed night leaves its drafts.
    for draft in folder.glob(".*.csv.*"):
        draft.unlink()
    note.write_text(json.dumps(sorted(names)))
    note.chmod(0o600)
