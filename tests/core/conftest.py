"""A shop of a few given records, conformed."""

from __future__ import annotations

from contextlib import ExitStack

import pytest
from copied_files import put_empty_files
from core.vault import Record, Vault, file, settings_for

from pipelines.core.conform import conform
from pipelines.warehouse.connection import opened


class Shop:
    """An open warehouse, its vault and the result of the last conform."""

    def __init__(self, connection, settings):
        self.connection, self.settings, self.vault = connection, settings, Vault(connection)
        self.conformed = None

    def add(self, *landed):
        """Load files, or records as one canonical file, and conform."""
        records = [one for one in landed if isinstance(one, Record)]
        files = [one for one in landed if not isinstance(one, Record)]
        self.vault.load(*files, *([file(*records)] if records else []))
        self.conformed = conform(self.connection, self.settings)
        return self

    def rows(self, table, columns="*", where="true"):
        """Rows as tuples, sorted."""
        return self.connection.sql(f"SELECT {columns} FROM {table} WHERE {where} ORDER BY ALL").fetchall()

    def row(self, table, key):
        """The one row of that id, as a dict."""
        name = {"core.orders": "order_id", "core.responses": "response_id", "core.customers": "customer_id"}[table]
        relation = self.connection.sql(f"SELECT * FROM {table} WHERE {name} = $key", params={"key": key})
        [row] = relation.fetchall()
        return dict(zip(relation.columns, row, strict=True))

    def segments(self, dimension):
        """Segment by answer."""
        return dict(self.rows("core.response_segments", "response_id, segment", f"dimension = '{dimension}'"))

    def changes(self):
        """ops.changes of the last change: kind, file, month, records."""
        return self.rows(
            "ops.changes",
            "kind, file_id, from_month, records",
            "change_id = (SELECT max(change_id) FROM ops.changes)",
        )


@pytest.fixture
def shop(tmp_path):
    """Make a shop: `shop(*records, **settings)`."""
    with ExitStack() as stack:

        def make(*landed, **values):
            settings = settings_for(tmp_path / "home", **values)
            put_empty_files(settings)
            return Shop(stack.enter_context(opened(settings)), settings).add(*landed)

        yield make
