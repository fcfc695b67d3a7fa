"""A shop with a landing folder and a vault, for tests of the raw layer."""

import gzip
import hashlib
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl
import pytest

from pipelines.raw.load import LoadReport, load
from pipelines.settings import Settings
from pipelines.warehouse.connection import set_pseudonym
from pipelines.warehouse.frames import frame

SCHEMA = Path(__file__).resolve().parents[2] / "sql" / "schema" / "raw.sql"
SAMPLES = Path(__file__).parent / "samples"
# The rows that each sample gives.
EXPECTED = Path(__file__).parent / "expected"
# What a load's number and the clock write; everything else is a function of the landed contents.
LEDGER = ("load_id", "loaded_at")


@cache
def _empty_vault() -> bytes:
    """A vault in which nothing has landed: made once, since its DDL takes a quarter of the time of a small load."""
    with TemporaryDirectory() as folder, duckdb.connect(":memory:") as connection:
        path = Path(folder) / "vault.duckdb"
        connection.execute(f"ATTACH '{path}' AS vault; USE vault")
        connection.execute(SCHEMA.read_text())
        connection.execute("USE memory; DETACH vault")
        return path.read_bytes()


class Shop:
    """One vault and one landing folder."""

    def __init__(self, home: Path, timezone: str = "UTC") -> None:
        """Open a vault below the folder."""
        self.settings = Settings(home=home, timezone=timezone, salt="a salt for the tests")
        self.settings.landing.mkdir(parents=True, exist_ok=True)
        self.connection = duckdb.connect(":memory:")
        if not self.settings.vault_path.exists():
            self.settings.vault_path.write_bytes(_empty_vault())
        self.connection.execute(f"ATTACH '{self.settings.vault_path}' AS vault")
        self.connection.execute(f"SET TimeZone = '{timezone}'; SET python_enable_replacements = false").fetchall()
        set_pseudonym(self.connection, b"a salt for the tests")
        self.messages: list[str] = []

    def drop(self, name: str, content: str | bytes, encoding: str = "utf-8") -> Path:
        """Put a file into the landing folder."""
        path = self.settings.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    def sample(self, name: str) -> Path:
        """Put a vendor's sample file into the landing folder."""
        return self.drop(name, (SAMPLES / name).read_bytes())

    def format(self, name: str, text: str) -> None:
        """Save an operator's format."""
        self.settings.formats_path.mkdir(parents=True, exist_ok=True)
        (self.settings.formats_path / name).write_text(text)

    def load(self) -> LoadReport:
        """Run one load."""
        return load(self.connection, self.settings, self.messages.append)

    def rows(self, table: str, *columns: str) -> list[tuple[object, ...]]:
        """Columns of a raw table as text, in order of row number; records of one row by their text."""
        names = ", ".join(f'"{column}"::VARCHAR' for column in columns)
        order = "ALL"
        if table not in {"files", "paths", "identities", "loads", "doubts", "readings"}:
            order = ", ".join(["file_id", "row_number", *(f"{number + 1}" for number in range(len(columns)))])
        return self.connection.sql(f"SELECT {names} FROM vault.raw.{table} ORDER BY {order}").fetchall()

    def frame(self, query: str) -> pl.DataFrame:
        """Result of a query."""
        return frame(self.connection.sql(query))

    def fingerprint(self) -> str:
        """Hash of all raw tables as sets of rows, without what the clock and the load's number write."""
        digest = hashlib.sha256()
        tables = self.connection.sql(
            "SELECT table_name FROM duckdb_tables() WHERE database_name = 'vault' ORDER BY table_name"
        ).fetchall()
        for (table,) in tables:
            if table in {"paths", "loads", "rewrites"}:
                continue
            rows = self.connection.sql(
                f"SELECT (COLUMNS(lambda c: c NOT IN {LEDGER}))::VARCHAR FROM vault.raw.{table} ORDER BY ALL"
            ).fetchall()
            digest.update(f"{table}{rows}".encode())
        return digest.hexdigest()


@pytest.fixture
def make_shop(tmp_path: Path) -> Iterator[Callable[..., Shop]]:
    """Make shops, each in a folder of its own."""
    shops: list[Shop] = []

    def make(timezone: str = "UTC") -> Shop:
        shops.append(Shop(tmp_path / f"shop{len(shops)}", timezone))
        return shops[-1]

    yield make
    for shop in shops:
        shop.connection.close()


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    """One shop in UTC."""
    return make_shop()


@pytest.fixture
def packed() -> Callable[[str], bytes]:
    """Text as gzip."""
    return lambda text: gzip.compress(text.encode())
