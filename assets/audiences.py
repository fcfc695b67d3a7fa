"""The files that people act on, as an asset.

Here: the shell around pipelines/loop/audience_files.py, which knows what is in them. Not here: addresses, on any page.
"""

import dagster as dg

from assets.publish import PUBLISHED
from assets.resources import Warehouse
from pipelines.loop.audience_files import WrittenFile, is_private, write

AUDIENCES = dg.AssetKey(["loop", "audience_files"])
PRIVATE = "loop_audience_files_private"


def build() -> dg.AssetsDefinition:
    """The files beside the published one."""

    @dg.asset(
        key=AUDIENCES,
        group_name="loop",
        kinds={"csv"},
        deps=[PUBLISHED],
        check_specs=[
            dg.AssetCheckSpec(
                PRIVATE, asset=AUDIENCES, blocking=True, description="Only the owner may read files with addresses."
            )
        ],
    )
    def audience_files(warehouse: Warehouse) -> dg.MaterializeResult:
        """Whom to ask, thank, win, call and leave out, with their addresses: CSV files for the tools that write."""
        files = write(warehouse.connection, warehouse.settings)
        open_files = [file.path.name for file in files if not is_private(file.path)]
        return dg.MaterializeResult(
            metadata=_metadata(files),
            check_results=[
                dg.AssetCheckResult(
                    passed=not open_files, check_name=PRIVATE, metadata={"files": dg.MetadataValue.json(open_files)}
                )
            ],
        )

    return audience_files


def _metadata(files: list[WrittenFile]) -> dict[str, dg.MetadataValue | int]:
    """Paths and counts."""
    lines = [f"| {file.path.name} | {file.rows} | {file.without_address} |" for file in files]
    return {
        "path": dg.MetadataValue.path(str(files[0].path.parent)),
        "files": len(files),
        "rows": dg.MetadataValue.md("\n".join(["| file | rows | without address |", "|---|---|---|", *lines])),
    }
