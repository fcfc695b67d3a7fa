"""The tables of core that are made without files: the figures are those of the warehouse that loads the exports."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from copied_files import put_empty_files
from night import ingest, settings_for

from pipelines.calibrate.measure import END, ZONE, figures
from pipelines.calibrate.shop import core
from pipelines.figures import BY_TABLE
from pipelines.figures.compute import compute
from pipelines.periods import Window
from pipelines.settings import Settings
from pipelines.simulate import simulate
from pipelines.simulate.world import World, build
from pipelines.warehouse.connection import opened
from pipelines.warehouse.frames import frame

pytestmark = pytest.mark.slow

DRAWN = {"customers": 300, "months": 14, "seed": 3}
# By table, the columns compared.
TABLES = {
    "nps.by_period": ("stage", "responses", "nps_low", "change_low", "weighted_low"),
    "nps.by_segment": ("stage", "dimension", "segment", "responses", "difference_low", "pooled_low"),
    "nps.coverage": ("dimension", "segment", "buyers", "responded", "representation_low"),
    "nps.delivery_gap": ("dimension", "segment", "gap_low", "paired_gap_low", "late_difference_low"),
    "nps.everybody": ("method", "buyers", "nps", "nps_low"),
    "nps.migration": ("from_category", "to_category", "share_low"),
    "value.by_category": ("category", "customers", "historic_value_low"),
    "value.promoter_value": ("category", "customers", "referral_value_low", "total_value_low"),
    "value.repurchase": ("category", "score", "horizon_days", "rate_low"),
    "value.biggest_customers": ("tier", "surveyed", "nps_low"),
}
# What is made alike: the warehouse names surveys as the tools do, and the exports do not tell of reminders.
ALIKE = {
    "dimension": ["all", "country", "account_type", "product_category", "order_value_band", "delivery"],
    "method": ["as_answered", "alike", "behaviour"],
}
TEXT = {"category", "from_category", "to_category", "tier", "stage", "dimension", "segment"}


@pytest.fixture(scope="module")
def world() -> World:
    return build(**DRAWN, end=END, zone=ZONE)


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    home: Path = tmp_path_factory.mktemp("shop")
    return settings_for(home, as_of="2025-07-01T00:00:00+02:00", timezone=ZONE, currency="EUR")


@pytest.fixture(scope="module")
def loaded(settings: Settings) -> dict[str, pl.DataFrame]:
    simulate(settings.landing, **DRAWN, end=END)
    put_empty_files(settings)
    with opened(settings) as connection:
        ingest(connection, settings)
        for table in TABLES:
            compute(connection, BY_TABLE[table], Window(date(2025, 6, 1), END), settings, run_id="core")
        return {table: frame(connection.sql(f"FROM {table}")) for table in TABLES}


@pytest.mark.parametrize("table", TABLES)
def test_figures_are_those_of_the_loaded_exports(
    table: str, loaded: dict[str, pl.DataFrame], world: World, settings: Settings
) -> None:
    names = [*(name for name in ("grain", "period_start") if name in loaded[table].columns), *TABLES[table]]
    rows = []
    for found in (figures(world, settings, [table])[table], loaded[table]):
        is_alike = [pl.col(name).is_in(values) for name, values in ALIKE.items() if name in found.columns]
        alike = found.filter(pl.lit(value=True), *is_alike)
        made = alike.select(pl.col(name).cast(pl.String) if name in TEXT else pl.col(name) for name in names)
        rows.append(made.sort([name for name in names if not name.endswith(("_low", "nps"))]).rows())
    ours, theirs = rows
    assert len(ours) == len(theirs) > 0
    for mine, other in zip(ours, theirs, strict=True):
        assert list(mine) == [pytest.approx(x, abs=1e-6) if isinstance(x, float) else x for x in other]


def test_next_answers_are_of_the_same_customer_and_stage(world: World, settings: Settings) -> None:
    answers = core(world, settings)["core.responses"].collect()
    followed = answers.filter(pl.col("next_response_at").is_not_null())
    assert followed.height > 100
    assert followed.filter(pl.col("next_response_at") < pl.col("responded_at")).is_empty()
    same = followed.join(
        answers.select("customer_id", "stage", next_response_at="responded_at"),
        on=["customer_id", "stage", "next_response_at"],
        how="anti",
    )
    assert same.is_empty()
    assert answers.filter(pl.col("customer_id").is_null())["next_response_at"].is_null().all()
