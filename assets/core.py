"""Schema core, and the log tables that are written with it: conformed together in one transaction.

Here: the asset around pipelines/core. It tags its run with the stale months, for the run of figures that follows. Not
here: conforming.
"""

from collections.abc import Iterator

import dagster as dg

from assets.metadata import check_results, check_specs, key, table_metadata
from assets.partitions import range_tags
from assets.raw import KINDS
from assets.resources import Warehouse
from pipelines.core.conform import conform
from pipelines.core.tables import TABLES
from pipelines.figures.compute import stale_range
from pipelines.ops import nights
from pipelines.ops.previews import description

STALE_START, STALE_END = "northstar/stale_from", "northstar/stale_to"
LOGS = ("ops.files", "ops.rejected", "ops.doubts", "ops.superseded", "ops.changes")


def build() -> dg.AssetsDefinition:
    """The core tables and the log of files, refused rows, doubts and changes."""
    tables = (*TABLES, *LOGS)

    @dg.multi_asset(
        name="core",
        specs=[
            dg.AssetSpec(
                key(table),
                group_name=table.split(".")[0],
                kinds={"duckdb"},
                description=description(table),
                deps=[key(f"raw.{kind}") for kind in KINDS],
            )
            for table in tables
        ],
        check_specs=check_specs(tables),
    )
    def core(
        context: dg.AssetExecutionContext, warehouse: Warehouse
    ) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
        """Bring core up to date with the vault, and tag the run with the months that makes stale."""
        conformed = conform(warehouse.connection, warehouse.settings)
        if conformed.message:
            context.log.warning(conformed.message)
        months = stale_range(warehouse.connection, warehouse.settings)
        nights.conformed(warehouse.connection, warehouse.night, warehouse.settings, months)
        if months is not None:
            start, end = range_tags(months).values()
            context.instance.add_run_tags(context.run.run_id, {STALE_START: start, STALE_END: end})
        changed = {change.kind: change for change in conformed.changes}
        for table in tables:
            change = changed.get(table)
            yield dg.MaterializeResult(
                asset_key=key(table),
                metadata=table_metadata(warehouse.connection, table)
                | ({"changed_from": change.from_day.isoformat(), "changed_records": change.records} if change else {}),
            )
        yield from check_results(warehouse.connection, warehouse.settings, tables)

    return core
