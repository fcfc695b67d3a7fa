"""Random shops in every shipped format that is a table, damaged as spreadsheets damage: no figure changes in silence.

Here: some draws. Not here: 2,000 of them (tests/benchmarks/bench_damaged_exports.py).
"""

from __future__ import annotations

from pathlib import Path

from cases.small_shop import Night

from tests.cases.damaged_exports import changed_in_silence

# The single ones broke the property once: a repeated item, no column of cancellations, no id of answers.
DRAWS = (*range(30), 236, 614, 692)


def test_no_figure_changes_in_silence(tmp_path: Path) -> None:
    assert [str(one) for one in changed_in_silence(tmp_path, DRAWS)] == []


def test_a_part_given_back_without_an_amount_is_told(tmp_path: Path) -> None:
    """Shopify's exports of 2012 have no Refunded Amount: the column cannot be asked for."""
    header = "Name,Email,Financial Status,Created at,Currency,Total,Cancelled at,"
    header += "Lineitem quantity,Lineitem name,Lineitem price"
    rows = [
        f"#{number},a@shop.example,{status},2025-05-0{number} 10:00:00 +0000,EUR,20.00,,1,Mug,20.00"
        for number, status in enumerate(["paid", "partially_refunded", "refunded"], 1)
    ]
    night = Night(tmp_path).land(("shopify.csv", "\n".join([header, *rows, ""])))
    [doubts] = night.rows("SELECT doubt, records, money::VARCHAR, example FROM ops.doubts")
    assert doubts == [("unknown_refund", 1, "20.00", "shopify:#2")]
