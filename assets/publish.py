"""The published file, as an asset.

Here: the shell around pipelines.warehouse.publish, which verifies by itself: Dagster's checks alone do not stop a
publish that is launched as its own run. Not here: what is published.
"""

from datetime import timedelta

import dagster as dg

from assets.metadata import key, table, transposed
from assets.notify import tell_warnings
from assets.nps import BENCHMARKS
from assets.partitions import MONTHS
from assets.resources import Warehouse
from assets.run_history import delete_old_runs
from pipelines.core.tables import TABLES
from pipelines.figures import FIGURES
from pipelines.ops import nights, restatements
from pipelines.publish import PublishRefused, publish

PUBLISHED = dg.AssetKey(["published", "northstar"])
# By 06:00 business time the night that begins at 02:00 is published. From midnight on, so that the night in which the
# clocks are set back, when 02:00 is five hours before 06:00, is no exception.
FRESH = dg.FreshnessPolicy.cron(
    deadline_cron="0 6 * * *", lower_bound_delta=timedelta(hours=6), timezone=MONTHS.timezone or "UTC"
)


def build() -> dg.AssetsDefinition:
    """The file analysts read."""

    @dg.asset(
        key=PUBLISHED,
        group_name="published",
        kinds={"duckdb"},
        freshness_policy=FRESH,
        deps=[key(name) for name in (*TABLES, *(figure.table for figure in FIGURES), BENCHMARKS)],
    )
    def northstar(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        """The file analysts read: replaced at once by a checked copy of the warehouse, or left as it was."""
        try:
            published = publish(warehouse.connection, warehouse.settings, warehouse.night)
        except PublishRefused as refusal:
            raise dg.Failure(str(refusal), allow_retries=False) from refusal
        for warning in published.warnings:
            context.log.warning(warning)
        delete_old_runs(context.instance, warehouse.settings)
        tell_warnings(context.log, published.new_warnings)
        return dg.MaterializeResult(
            metadata={
                "path": dg.MetadataValue.path(str(published.path)),
                "bytes": published.bytes,
                "warnings": len(published.warnings),
                "rows": dg.MetadataValue.json(published.rows),
                "night": table(transposed(nights.newest(warehouse.connection, warehouse.night.night_id))),
                "files": table(nights.files(warehouse.connection, warehouse.night.night_id)),
                "moved": published.restatements,
                "what_moved": table(restatements.moved_figures(warehouse.connection, published.published_at)),
            }
        )

    return northstar
