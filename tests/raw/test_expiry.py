"""Expiry of unused content: it goes when the setting says so, and no figure changes."""

from __future__ import annotations

from night import figures, hashes, ingest, land, night, settings_for
from shop_files import SHOP

from pipelines.publish import publish
from pipelines.warehouse.connection import opened

AS_OF = "2025-03-31T12:00:00Z"
HELD = """
    SELECT (SELECT count(extra) FROM vault.raw.orders), (SELECT count(extra) FROM vault.raw.customers),
        count(record), count(value), count(identity), count(*)
    FROM vault.raw.rejected
"""
FILES = {
    **SHOP,
    "more.csv": "order_id,ordered_at,total,currency,customer_email,colour\nx1,2025-02-03,10,EUR,eve@example.com,red\n"
    "x2,never,10,EUR,eve@example.com,blue\n",
    "accounts.csv": "customer_email,tier,shoe_size\neve@example.com,gold,42\n,gold,43\n",
}


def test_unused_content_expires_and_no_figure_changes(tmp_path):
    settings = settings_for(tmp_path, as_of=AS_OF)
    land(settings, FILES)
    night(settings)
    before = hashes(settings)
    keeping = settings_for(tmp_path, as_of=AS_OF, keep_raw_days=30)
    with opened(settings) as connection:
        [(orders, customers, records, values, people, count)] = connection.sql(HELD).fetchall()
        assert min(orders, customers, records, values, people) > 0
        # Read just now, so it stays.
        connection.execute("UPDATE vault.raw.files SET loaded_at = '2025-03-02 00:00:00+00'")
        ingest(connection, keeping)
        assert connection.sql(HELD).fetchall() == [(orders, customers, records, values, people, count)]
        reasons = connection.sql(
            "SELECT file_id, row_number, column_name, reason FROM ops.rejected ORDER BY ALL"
        ).fetchall()
        connection.execute("UPDATE vault.raw.files SET loaded_at = '2025-03-01 00:00:00+00'")
        ingest(connection, settings)
        assert connection.sql(HELD).fetchall() == [(orders, customers, records, values, people, count)]
        ingest(connection, keeping)
        assert connection.sql(HELD).fetchall() == [(0, customers, 0, 0, 0, count)]
        assert connection.sql(
            "SELECT count(*) FROM vault.raw.rejected WHERE kind = 'customers' AND record_key IS NOT NULL"
        ).fetchall() == [(0,)]
        # Everybody is conformed again from the content that remains.
        connection.execute("DELETE FROM ops.state WHERE name = 'core_fingerprint'")
        _, conformed = ingest(connection, keeping)
        assert conformed.changes == []
        assert (
            connection.sql("SELECT file_id, row_number, column_name, reason FROM ops.rejected ORDER BY ALL").fetchall()
            == reasons
        )
        assert connection.sql("SELECT count(record), count(value) FROM ops.rejected").fetchall() == [(0, 0)]
        figures(connection, keeping)
        publish(connection, keeping)
    assert hashes(keeping) == before
