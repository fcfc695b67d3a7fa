"""What moved, against the file published before: rows and figures, and what is only counted."""

from __future__ import annotations

import json
from datetime import date

import duckdb
import pytest
from night import land, night, rows, settings_for
from shop_files import SHOP

from pipelines.figures import FIGURES
from pipelines.ops import restatements
from pipelines.ops.told import TOLD

AS_OF = "2025-06-14T12:00:00Z"
LATE = {"late.csv": "response_id,responded_at,score,customer_email\nz,2025-03-15T09:00:00Z,2,eve@example.com\n"}
MARCH = date(2025, 3, 1)


def test_probe(tmp_path):
    settings = settings_for(tmp_path, as_of=AS_OF)
    land(settings, SHOP)
    night(settings)
    print(rows(settings, "FROM ops.publications"))
    assert rows(settings, "FROM ops.restatements") == []
    land(settings, LATE)
    night(settings)
    print(rows(settings, "SELECT table_name, month, count(*), sum(figures), min(reason), max(change_id) from ops.restatements group by all order by all"))
    for r in rows(settings, "SELECT month, key, column_name, before, after from ops.restatements where table_name='nps.by_period' and month='2025-03-01' and column_name='nps'"): print(r)
    assert 0
