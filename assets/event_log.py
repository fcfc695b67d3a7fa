"""Dagster's record of events, with its files kept open.

Here: how long a connection lasts. Not here: what is recorded and where; the files are those of Dagster's own storage,
which makes, opens and closes a connection for each of a night's 3,000 reads and writes. Measured: 30 % of the processor
time of a small shop's `northstar run` (18.2 s and 12.9 s).
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as db
from dagster._core.storage.event_log import SqliteEventLogStorage
from sqlalchemy.pool import StaticPool

INDEX = "index"
BUSY_SECONDS = 60


class OpenEventLog(SqliteEventLogStorage):
    """Dagster's storage of events in SQLite, with the index and the current run kept open.

    For a process that executes runs itself (in_process.py). The webserver and the daemon use Dagster's own storage on
    the same files: the live log of the UI waits for a change of the run's file, and a file that is kept open changes
    only at the end of the run; until then its events are in the write-ahead log.
    """

    def __init__(self, base_dir: str, inst_data: Any = None) -> None:  # noqa: ANN401 (Dagster's own, of no interest)
        """Open nothing yet. base_dir: the folder of the files, one for each run."""
        self._engines: dict[str, db.Engine] = {}
        self._tables: set[str] = set()
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(cls, inst_data: Any, config_value: Any) -> "OpenEventLog":  # noqa: ANN401
        """Of Dagster's home, as base_dir: the files lie where Dagster's own storage has them."""
        return cls(str(Path(config_value["base_dir"]) / "history" / "runs"), inst_data)

    def has_table(self, table_name: str) -> bool:
        """Whether the index has the table; Dagster asks for every check, and a table that is there stays."""
        if table_name not in self._tables and super().has_table(table_name):
            self._tables.add(table_name)
        return table_name in self._tables

    @contextmanager
    def _connect(self, shard: str) -> Iterator[db.Connection]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with engine.begin() as connection:
                yield connection

    def _engine(self, shard: str) -> db.Engine:
        """The engine of a shard; that of another run is closed."""
        if shard not in self._engines:
            for other in set(self._engines) - {INDEX}:
                self._engines.pop(other).dispose()
            engine = db.create_engine(
                self.conn_string_for_shard(shard),
                poolclass=StaticPool,
                # One at a time by the lock, whichever thread it is.
                connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
            )
            db.event.listen(engine, "connect", _set_up)
            self._engines[shard] = engine
        return self._engines[shard]

    def dispose(self) -> None:
        """Close the files."""
        with self._db_lock:
            while self._engines:
                self._engines.popitem()[1].dispose()
        super().dispose()


def _set_up(connection: sqlite3.Connection, _record: object) -> None:
    # With a write-ahead log this cannot damage the file; a power cut may lose the last records of what was run.
    connection.execute("PRAGMA synchronous=NORMAL")
