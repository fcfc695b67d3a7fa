"""The owner's page, as an asset.

Here: the shell around pipelines/report, when the next night is, and what happens when the page fails. Not here: what
the page shows.
"""

from datetime import datetime, timedelta

import dagster as dg

from assets import demo
from assets.partitions import HOUR_OF_NIGHT
from assets.publish import PUBLISHED
from assets.resources import Warehouse
from pipelines.settings import Settings

REPORT = dg.AssetKey(["published", "report"])
CURRENT = "published_report_current"


def build() -> dg.AssetsDefinition:
    """The page that the owner reads."""

    @dg.asset(
        key=REPORT,
        group_name="published",
        kinds={"html"},
        deps=[PUBLISHED],
        check_specs=[
            dg.AssetCheckSpec(CURRENT, asset=REPORT, description="The page shows what the published file holds.")
        ],
    )
    def report(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        """The page that the owner reads: published/report.html. If it fails, yesterday's stays, and the check warns."""
        problem = None
        try:
            if warehouse.settings.report:
                # Charts take a second to import, which nothing else that loads these definitions need wait for.
                from pipelines.report.page import write

                settings = warehouse.settings
                night = next_night(context.instance, settings)
                write(settings, next_run=night, is_demo=demo.is_demo(settings.home))
            else:
                warehouse.settings.report_path.unlink(missing_ok=True)
        except Exception as error:  # noqa: BLE001 (whatever fails here, the night's data are published)
            # The message may hold data; the log says where, the check says what kind.
            problem = type(error).__name__
            context.log.warning(f"The page could not be written ({problem}); the one before stays.")
        path = warehouse.settings.report_path
        return dg.MaterializeResult(
            metadata={"path": dg.MetadataValue.path(str(path)), "bytes": path.stat().st_size if path.exists() else 0},
            check_results=[
                dg.AssetCheckResult(
                    passed=problem is None,
                    check_name=CURRENT,
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata={"problem": problem or ""},
                )
            ],
        )

    return report


def next_night(instance: dg.DagsterInstance, settings: Settings) -> datetime | None:
    """When the next night begins; None where no daemon is there to begin it."""
    if not any(status.healthy for status in instance.get_daemon_statuses().values()):
        return None
    local = settings.as_of.astimezone(settings.zone)
    begins = local.replace(hour=HOUR_OF_NIGHT, minute=0, second=0, microsecond=0)
    return begins if begins > local else begins + timedelta(days=1)
