"""Schema raw: what landed, one asset for each kind of record, all loaded together.

Here: the asset around pipelines/raw. Not here: previews; the vault holds personal data.
"""

from collections.abc import Iterator

import dagster as dg

from assets.metadata import key
from assets.resources import REBUILD, Warehouse
from pipelines.ops import nights
from pipelines.ops.previews import description
from pipelines.raw.ledger import record_counts
from pipelines.raw.load import load
from pipelines.warehouse.rebuild import finish_vault

KINDS = (
    "responses",
    "orders",
    "order_lines",
    "customers",
    "invitations",
    "referrals",
    "follow_ups",
    "reviews_given",
    "exchange_rates",
    "erasures",
)


def build() -> dg.AssetsDefinition:
    """The raw tables; one load of the landing folder fills them all in one transaction."""

    @dg.multi_asset(
        name="raw",
        specs=[
            dg.AssetSpec(key(f"raw.{kind}"), group_name="raw", kinds={"duckdb"}, description=description(f"raw.{kind}"))
            for kind in KINDS
        ],
    )
    def raw(context: dg.AssetExecutionContext, warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
        """Load what is new in the landing folder into the vault."""
        report = load(warehouse.connection, warehouse.settings)
        nights.loaded(warehouse.connection, warehouse.night, report)
        for problem in report.problems:
            context.log.warning(problem)
        lost_rows = finish_vault(warehouse.connection, warehouse.settings, context.run.tags.get(REBUILD))
        if lost_rows:
            context.log.warning(f"{lost_rows} rows are lost: their files are no longer in the landing folder")
        files = {f"files_{status}": count for status, count in report.files.items()}
        for kind, rows in record_counts(warehouse.connection, KINDS).items():
            yield dg.MaterializeResult(
                asset_key=key(f"raw.{kind}"),
                metadata={
                    "dagster/row_count": rows,
                    "accepted_now": report.accepted.get(kind, 0),
                    "rejected_now": report.rejected.get(kind, 0),
                    "seconds": round(report.seconds, 3),
                    **files,
                },
            )

    return raw
