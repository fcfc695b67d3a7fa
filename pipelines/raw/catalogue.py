"""The formats known to an installation, without a vault.

Here: reading them as a load would. Not here: how they are shown.
"""

from __future__ import annotations

import duckdb

from pipelines.raw.formats import Formats, install_macros, read_formats
from pipelines.raw.kinds import read_kinds
from pipelines.settings import Settings
from pipelines.warehouse.connection import set_session, statements


def known_formats(settings: Settings) -> Formats:
    """Shipped, own and canonical formats, by name, with their faults."""
    with duckdb.connect(":memory:") as con:
        set_session(con, settings)
        con.execute("ATTACH ':memory:' AS vault")
        con.execute("USE vault")
        con.execute(statements("schema/raw.sql"))
        install_macros(con)
        return read_formats(con, settings, read_kinds(con))
