"""Schema nps: the score, its error and its change, whom it speaks for, and what others report."""

import dagster as dg

from assets import figures
from assets.metadata import check_results, check_specs, key, table_metadata
from assets.resources import Warehouse
from pipelines.nps.benchmarks import BenchmarksError, refresh
from pipelines.ops.previews import description

BENCHMARKS = "nps.benchmarks"


def build() -> list[dg.AssetsDefinition]:
    """The assets of schema nps."""
    return [*figures.build("nps"), _benchmarks()]


def _benchmarks() -> dg.AssetsDefinition:
    """The one table of the schema without months."""

    @dg.asset(
        key=key(BENCHMARKS),
        group_name="nps",
        kinds={"duckdb"},
        description=description(BENCHMARKS),
        check_specs=check_specs([BENCHMARKS]),
    )
    def benchmarks(warehouse: Warehouse) -> dg.MaterializeResult:
        try:
            refresh(warehouse.connection, warehouse.settings)
        except BenchmarksError as error:
            raise dg.Failure(str(error), allow_retries=False) from error
        return dg.MaterializeResult(
            metadata=table_metadata(warehouse.connection, BENCHMARKS),
            check_results=check_results(warehouse.connection, warehouse.settings, [BENCHMARKS]),
        )

    return benchmarks
