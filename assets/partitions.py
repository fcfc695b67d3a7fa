"""The one partitions definition: months in the business zone, the open month included.

Here: the only settings that are read when definitions load (NORTHSTAR_FIRST_MONTH, NORTHSTAR_TIMEZONE), and converting
a run's partitions to a window. Not here: the windows of a month (pipelines/periods.py).
"""

from datetime import date

import dagster as dg

from pipelines.periods import Window, month_of, next_month
from pipelines.settings import Settings

_SETTINGS = Settings()

MONTHS = dg.MonthlyPartitionsDefinition(
    start_date=_SETTINGS.first_month.isoformat(), timezone=_SETTINGS.timezone, end_offset=1, fmt="%Y-%m-%d"
)
# The night begins at this hour of the business zone.
HOUR_OF_NIGHT = 2
RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"


def window_of(context: dg.AssetExecutionContext) -> Window:
    """The months of a run of one partition or of a range."""
    span = context.partition_time_window
    return Window(span.start.date(), span.end.date())


def range_tags(months: Window) -> dict[str, str]:
    """Run tags for a range of months."""
    last = month_of(date.fromordinal(months.end.toordinal() - 1))
    return {RANGE_START: months.start.isoformat(), RANGE_END: last.isoformat()}


def months_from_tags(tags: dict[str, str]) -> Window:
    """The range of months in run tags."""
    return Window(date.fromisoformat(tags[RANGE_START]), next_month(date.fromisoformat(tags[RANGE_END])))
