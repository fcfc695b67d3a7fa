"""Waits and reminders depend on satisfaction only where that is planted, and only then are reminders exported."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from pipelines.simulate import Parameters, simulate
from pipelines.simulate.world import build

SHOP = {"customers": 200, "months": 6, "seed": 3, "end": date(2026, 1, 1)}
TIED = Parameters(delay_per_satisfaction=-0.8)


def test_satisfaction_may_shorten_the_wait_to_an_answer_and_spare_reminders():
    plain, tied = (build(**SHOP, zone="Europe/Paris", parameters=parameters) for parameters in (None, TIED))
    for planted, is_tied in ((plain, False), (tied, True)):
        mailed = planted.invitations.filter(pl.col("answered") & (pl.col("survey") > 0)).join(
            planted.people.select("person", "satisfaction"), on="person"
        )
        wait = np.log((mailed["answered_at"] - mailed["invited_at"]).to_numpy())
        waiting = np.corrcoef(wait, mailed["satisfaction"])[0, 1]
        reminded = np.corrcoef(mailed["reminders"], mailed["satisfaction"])[0, 1]
        assert (waiting < -0.3, reminded < -0.2) == (is_tied, is_tied)
        assert planted.invitations.filter(~pl.col("answered") & (pl.col("survey") == 0))["reminders"].max() == 0
    assert plain.orders.equals(tied.orders)


def test_reminders_are_exported_only_where_they_tell_something(tmp_path):
    headers = {}
    for name, parameters in (("plain", None), ("tied", TIED)):
        simulate(tmp_path / name, **SHOP, parameters=parameters)
        with (tmp_path / name / "canonical" / "invitations.csv").open(encoding="utf-8") as file:
            headers[name] = file.readline().strip().split(",")
    assert headers["tied"] == [*headers["plain"], "reminders"]
