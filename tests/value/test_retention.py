"""The multiples of value.retention."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from value.modelled_shop import AS_OF
from value.shop import order, shop, span

from pipelines.settings import Settings
from pipelines.value.retention import retention


def test_retention_multiples_are_the_published_ones():
    # Eight of ten customers of 2022 bought again in 2023, when one new customer came.
    bought = [order(f"a{n}", f"c{n}", "2022-06-01 12:00", "10.00") for n in range(10)]
    bought += [order(f"b{n}", f"c{n}", "2023-06-02 12:00", "30.00") for n in range(8)]
    bought.append(order("n", "new", "2023-08-02 12:00", "30.00"))
    months = span("2023-12", "2023-12", AS_OF)
    rows = retention(shop(bought)[0], span=months, settings=Settings())
    assert rows["gain_points"].to_list() == [0, 1, 2, 5, 10]
    assert set(rows.select("customers", "retained").rows()) == {(10, 8)}
    five = rows.filter(pl.col("gain_points").is_in([0, 5]))
    assert five["multiple"].to_list() == pytest.approx([2.6667, 3.4], abs=5e-5)
    assert five["change"].to_list() == pytest.approx([0, 0.275], abs=5e-4)
    assert set(rows["yearly_value"]) == {Decimal("30.00")}
    assert five["retained_value"].to_list() == pytest.approx([80, 102], abs=2e-3)
    free = retention(shop(bought)[0], span=months, settings=Settings(discount_rate=0))
    assert free["multiple"].to_list()[:1] == pytest.approx([4])
    assert free.height == 5
