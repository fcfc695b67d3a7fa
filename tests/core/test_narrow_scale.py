"""Answers that lie all between 1 and 5 are told: they may be stars."""

from __future__ import annotations

from pathlib import Path

import pytest
from night import ingest, land, settings_for

from pipelines.warehouse.connection import opened

HEADER = "response_id,responded_at,score,survey\n"


def answers(scores: list[int], name: str = "r", survey: str = "") -> str:
    return HEADER + "".join(f"{name}{n},2025-06-01,{score},{survey}\n" for n, score in enumerate(scores))


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("files", "doubts"),
    [
        ({"a.csv": answers([1, 2, 3, 4, 5] * 2)}, [("canonical", 10, "r0")]),
        ({"a.csv": answers([1, 2, 3, 4, 5] * 2, survey="Stars")}, [("Stars", 10, "r0")]),
        ({"a.csv": answers([5, 4, 5] * 2, "a"), "b.csv": answers([5, 4, 3] * 2, "b")}, [("canonical", 12, "a0")]),
        ({"a.csv": answers([5, 4, 3] * 3)}, []),
        ({"a.csv": answers([0, *[5, 4, 3] * 4])}, []),
        ({"a.csv": answers([9, *[5, 4, 3] * 4])}, []),
        ({"a.csv": answers([5, 4] * 4, "a", "Stars"), "b.csv": answers([9, 10] * 4, "b", "NPS")}, []),
    ],
)
def test_answers_from_1_to_5_are_told(
    tmp_path: Path, files: dict[str, str], doubts: list[tuple[str, int, str]]
) -> None:
    settings = settings_for(tmp_path)
    land(settings, files)
    with opened(settings) as connection:
        ingest(connection, settings)
        query = "SELECT subject, records, example FROM ops.doubts WHERE doubt = 'narrow_scale'"
        assert connection.sql(query).fetchall() == doubts
