"""nps.everybody of a landed shop is what its drawn tables give without files; and the exports' reminders reach it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from copied_files import put_empty_files
from night import ingest, settings_for
from nps.simulated_core import rows, shop

from pipelines.figures import BY_TABLE
from pipelines.figures.compute import compute
from pipelines.periods import Window
from pipelines.simulate import Parameters, simulate
from pipelines.warehouse.connection import opened
from pipelines.warehouse.frames import frame

END = date(2025, 7, 1)
FIGURES = ("answered", "buyers", "nps", "nps_low", "nps_high", "assumption", "reason")


@pytest.mark.slow
def test_a_landed_shop_gives_what_its_drawn_tables_give(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, as_of="2025-07-01T00:00:00+02:00", timezone="Europe/Paris", currency="EUR")
    planted = {"response_per_satisfaction": 0.6, "delay_per_satisfaction": -0.4}
    simulate(settings.landing, customers=900, months=14, seed=4, end=END, parameters=replace(Parameters(), **planted))
    put_empty_files(settings)
    with opened(settings) as connection:
        ingest(connection, settings)
        compute(connection, BY_TABLE["nps.everybody"], Window(date(2025, 6, 1), END), settings, run_id="everybody")
        found = frame(connection.sql("FROM nps.everybody")).rows(named=True)
        reminders = connection.sql("SELECT sum(reminders) FROM core.invitations").fetchall()
    expected = rows(shop(4, customers=900, months=14, **planted))
    assert len(found) == len(expected) == 10
    for row in found:
        other = expected[row["grain"], row["method"]]
        assert {name: row[name] for name in FIGURES} == pytest.approx({name: other[name] for name in FIGURES}, abs=0.01)
    assert reminders[0][0] > 100
