"""The published file, as an asset.

Here: the shell around pipelines/publish.py, which sees to the checks itself: Dagster's do not stop a publishing that is
launched as a run of its own. Not here: what is published.
"""

from dataclasses import asdict
from datetime import timedelta

import dagster as dg

from assets.metadata import key
from assets.notify import send_warnings
from assets.nps import BENCHMARKS
from assets.partitions import MONTHS
from assets.resources import Warehouse
from assets.run_history import delete_old_runs
from pipelines.core.tables import TABLES
from pipelines.figures import FIGURES
from pipelines.ops import files, nights, restatements
from pipelines.ops.previews import markdown, named_values
from pipelines.publish import Published, PublishRefused, publish

PUBLISHED = dg.AssetKey(["published", "northstar"])
# Tag of a run that looks at everything again, whatever passed before.
RECHECK = "northstar/recheck"
# The night that begins at 02:00 business time is published by 06:00. A lower bound of midnight also holds in the night
# in which the clocks go back and 02:00 is five hours before 06:00.
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
        """The file analysts read: a checked copy of the warehouse replaces it at once, or it stays as it was."""
        try:
            published = publish(
                warehouse.connection, warehouse.settings, warehouse.night, recheck=RECHECK in context.run.tags
            )
        except PublishRefused as refusal:
            raise dg.Failure(str(refusal), allow_retries=False) from refusal
        for warning in published.warnings:
            context.log.warning(warning)
        delete_old_runs(context.instance, warehouse.settings)
        send_warnings(context.log, published.new_warnings)
        return dg.MaterializeResult(metadata=_metadata(warehouse, published))

    return northstar


def _metadata(warehouse: Warehouse, published: Published) -> dict[str, dg.MetadataValue | int]:
    """What the page of the publishing shows: the file, the night, the files it read, what moved."""
    connection, night_id = warehouse.connection, warehouse.night.night_id
    night = nights.newest(connection, night_id)
    return {
        "path": dg.MetadataValue.path(str(published.path)),
        "bytes": published.bytes,
        "warnings": len(published.warnings),
        "rows": dg.MetadataValue.json(published.rows),
        "night": dg.MetadataValue.md(named_values(asdict(night)) if night else ""),
        "files": dg.MetadataValue.md(markdown(files.read_by_night(connection, night_id))),
        "moved": published.restatements,
        "what_moved": dg.MetadataValue.md(markdown(restatements.moved_figures(connection, published.published_at))),
    }
