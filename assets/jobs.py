"""The two jobs of a night, and publishing alone.

Here: which assets run together. Not here: when (schedules.py, sensors.py, cli.py).
"""

import dagster as dg

from assets.notify import on_failure
from assets.publish import PUBLISHED

# A process a step costs seconds on a small machine, and the lock lets nothing run beside it.
EXECUTOR = dg.in_process_executor

ingest = dg.define_asset_job(
    "ingest",
    selection=dg.AssetSelection.groups("raw", "core", "ops"),
    hooks={on_failure},
    description="Load what landed, conform it, and note which months that makes stale.",
)
figures = dg.define_asset_job(
    "figures",
    selection=dg.AssetSelection.groups("nps", "value") | dg.AssetSelection.assets(PUBLISHED),
    hooks={on_failure},
    description="Compute a range of months and publish.",
)
publish = dg.define_asset_job(
    "publish",
    selection=dg.AssetSelection.assets(PUBLISHED),
    hooks={on_failure},
    description="Check the warehouse and publish it as it stands.",
)
JOBS = [ingest, figures, publish]
