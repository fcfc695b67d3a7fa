"""The two jobs of a night, publishing alone, running every check, and rebuilding the working files.

Here: which assets run together. Not here: when (schedules.py, sensors.py, cli.py).
"""

import dagster as dg

from assets.audiences import AUDIENCES
from assets.notify import on_failure
from assets.publish import PUBLISHED, RECHECK
from assets.report import REPORT
from assets.resources import REBUILD
from pipelines.warehouse.rebuild import VAULT_WHOLE, WAREHOUSE_ONLY

# A process for every step costs seconds on a small machine, and the lock allows no parallel steps anyway.
EXECUTOR = dg.in_process_executor

ingest = dg.define_asset_job(
    "ingest",
    selection=dg.AssetSelection.groups("raw", "core", "ops"),
    hooks={on_failure},
    description="Load what landed, conform it, and record which months that makes stale.",
)
figures = dg.define_asset_job(
    "figures",
    selection=dg.AssetSelection.groups("nps", "value", "loop") | dg.AssetSelection.assets(PUBLISHED, REPORT),
    hooks={on_failure},
    description="Compute a range of months and publish.",
)
publish = dg.define_asset_job(
    "publish",
    selection=dg.AssetSelection.assets(PUBLISHED, REPORT, AUDIENCES),
    hooks={on_failure},
    description="Check the warehouse and publish it as it stands.",
)
recheck = dg.define_asset_job(
    "recheck",
    selection=dg.AssetSelection.assets(PUBLISHED, REPORT, AUDIENCES),
    tags={RECHECK: "yes"},
    hooks={on_failure},
    description="Run every check over everything, and publish.",
)
rebuild = dg.define_asset_job(
    "rebuild",
    selection=dg.AssetSelection.groups("core", "ops", "nps", "value", "loop")
    | dg.AssetSelection.assets(PUBLISHED, REPORT),
    tags={REBUILD: WAREHOUSE_ONLY},
    description="Rebuild warehouse and published file from the vault, beside the old ones: launch it for all months.",
)
rebuild_vault = dg.define_asset_job(
    "rebuild_vault",
    selection=dg.AssetSelection.groups("raw"),
    tags={REBUILD: VAULT_WHOLE},
    description="Rebuild the vault from the landing folder, beside the old one; refuses when files are missing.",
)
JOBS = [ingest, figures, publish, recheck, rebuild, rebuild_vault]
