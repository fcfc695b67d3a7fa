"""nps.change_parts against plain loops over answers; its parts sum to the change."""

from __future__ import annotations

from datetime import date
from typing import Literal

import polars as pl
import pytest
from nps.brute import check, samples
from nps.shop import CLOCKS, DIMENSIONS, Shop, months
from polars.testing import assert_frame_equal

from pipelines.nps.by_period import scores
from pipelines.nps.by_segment import SEGMENT_GRAINS
from pipelines.nps.change_parts import change_parts
from pipelines.periods import Clock, Span, windows
from pipelines.settings import Settings


@pytest.mark.first(2)
@pytest.mark.parametrize("counting", ["latest", "all"])
@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.zone)
def test_change_parts_equal_plain_loops_and_sum_to_the_change(clock: Clock, counting: Literal["latest", "all"]) -> None:
    shop = Shop(13, clock, answers=250, customers=30)
    settings = Settings(counting=counting, segment_pairs=("country*lifecycle",))
    span = Span(months(date(2025, 9, 1), date(2026, 3, 1)), clock)
    result = change_parts(shop.responses(), shop.segments(), span=span, settings=settings)
    changes = scores(shop.responses(), span=span, settings=settings).filter(
        pl.col("stage") == "all", pl.col("grain").is_in(SEGMENT_GRAINS), pl.col("change").is_not_null()
    )
    keys = ["grain", "period_start"]
    sums = result.group_by(*keys, "dimension").agg(change=pl.col("mix_effect").sum() + pl.col("score_effect").sum())
    assert sums.height == 4 * changes.height
    assert_frame_equal(
        sums.join(changes, on=keys).sort(*keys, "dimension").select([*keys, "change"]),
        changes.select([*keys, "change"]).join(pl.DataFrame({"n": range(4)}), how="cross").drop("n").sort(keys),
        rel_tol=0,
        abs_tol=1e-9,
    )
    rows = []
    names = DIMENSIONS | {
        "country*lifecycle": [f"{a}*{b}" for a in DIMENSIONS["country"] for b in DIMENSIONS["lifecycle"]]
    }
    for answer in shop.answers:
        answer.segments["country*lifecycle"] = f"{answer.segments['country']}*{answer.segments['lifecycle']}"
    for row in windows(span, grains=SEGMENT_GRAINS).rows(named=True):
        totals = samples(shop, row, "all", counting)
        if not (totals[0].n and totals[1].n):
            continue
        for dimension, segments in names.items():
            for segment in segments:
                now, before, _ = samples(shop, row, "all", counting, (dimension, segment))
                if now.n or before.n:
                    shares = now.n / totals[0].n, before.n / totals[1].n
                    score, past = (part.nps if part.n else other.nps for part, other in ((now, before), (before, now)))
                    mix = (shares[0] - shares[1]) * ((score + past) / 2 - (totals[0].nps + totals[1].nps) / 2)
                    own = (shares[0] + shares[1]) / 2 * (score - past)
                    rows.append((row["month"], row["grain"], row["period_start"], dimension, segment, mix, own))
    check(result, sorted(rows, key=lambda row: row[1:5]))
