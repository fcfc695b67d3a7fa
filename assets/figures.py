"""One asset for every entry of pipelines/figures; assets/nps.py and assets/value.py take those of their schema.

Here: the shell around pipelines.figures.compute. Not here: any figure.
"""

import warnings
from datetime import date

import dagster as dg

from assets.metadata import check_results, check_specs, key, table_metadata
from assets.partitions import MONTHS, window_of
from assets.resources import Warehouse
from pipelines.figures import FIGURES
from pipelines.figures.compute import compute
from pipelines.figures.figure import Figure
from pipelines.ops.previews import description


def build(schema: str) -> list[dg.AssetsDefinition]:
    """The figure assets of a schema: monthly, a range of months in a single run."""
    with warnings.catch_warnings():
        # backfill_policy has been "in beta" since 1.7, and an operator cannot act on the warning.
        warnings.simplefilter("ignore", dg.BetaWarning)
        return [_asset(figure) for figure in FIGURES if figure.schema == schema]


def _asset(figure: Figure) -> dg.AssetsDefinition:
    @dg.asset(
        key=key(figure.table),
        group_name=figure.schema,
        kinds={"polars", "duckdb"},
        description=description(figure.table),
        deps=[key(table) for table in (*figure.reads, *(other.table for other in figure.figures), *figure.beside)],
        partitions_def=MONTHS,
        backfill_policy=dg.BackfillPolicy.single_run(),
        check_specs=check_specs([figure.table]),
    )
    def figures(context: dg.AssetExecutionContext, warehouse: Warehouse) -> dg.MaterializeResult:
        months = window_of(context)
        run_id = context.run.run_id
        computed = compute(
            warehouse.connection,
            figure,
            months,
            warehouse.settings,
            run_id=run_id,
            readings=warehouse.readings,
            together=warehouse.tables,
        )
        for month in context.partition_keys:
            rows = computed.per_month.get(date.fromisoformat(month), 0)
            context.add_asset_metadata({"dagster/partition_row_count": rows}, partition_key=month)
        # The table itself is shown by its newest event. Repeated in those of all months, it is 90 % of their bytes.
        table = table_metadata(warehouse.connection, figure.table, months) | {"seconds": round(computed.seconds, 3)}
        context.add_asset_metadata(table, partition_key=context.partition_keys[-1])
        return dg.MaterializeResult(
            check_results=check_results(warehouse.connection, warehouse.settings, [figure.table])
        )

    return figures
