"""loop.answers_needed on scores and coverage made by hand."""

from __future__ import annotations

import polars as pl
from loop.people import at, day

from pipelines.loop.answers_needed import answers_needed
from pipelines.periods import Span, Window
from pipelines.settings import Settings

MONTH = day("2025-05-01")
SPAN = Span(Window(MONTH, day("2025-06-01")), at("2025-06-15"))
COVERAGE = ["dimension", "segment", "buyers", "delivered", "responded", "response_rate", "is_under_represented"]
SEGMENTS = [
    ("all", "all", 1000, 500, 100, 0.2, False),
    ("country", "DE", 600, 300, 80, 0.3, False),
    ("country", "FR", 390, 190, 20, 0.1, True),
    ("country", "PT", 10, 0, 0, None, False),
]
SCORES = [("DE", 147, 10.0), ("FR", 33, 25.0), ("PT", 4, 60.0)]


def needed(scores=SCORES, segments=SEGMENTS, whole=(197, 8.0)):
    coverage = pl.DataFrame(segments, COVERAGE, orient="row").with_columns(
        month=MONTH, share_of_buyers=pl.col("buyers") / 1000
    )
    by_segment = pl.DataFrame(scores, ["segment", "responses", "margin_of_error"], orient="row").with_columns(
        month=MONTH, dimension=pl.lit("country")
    )
    by_period = pl.DataFrame([whole], ["responses", "margin_of_error"], orient="row").with_columns(month=MONTH)
    rows = answers_needed(by_period.lazy(), by_segment.lazy(), coverage.lazy(), span=SPAN, settings=Settings())
    return {row["segment"]: row for row in rows.rows(named=True)}


def test_a_margin_shrinks_with_the_root_of_the_answers():
    """Of 33 answers, with 3 pseudo-answers: 36 x 2.5 x 2.5 = 225, less 3 and the 33."""
    rows = needed()
    assert [rows[name]["answers_needed"] for name in ("all", "DE", "FR")] == [0, 0, 189]
    # Four answers do not say how much further ones differ: those of the shop do, of which 200 x 0.64 - 3 would do.
    assert rows["PT"]["answers_needed"] == 125 - 4


def test_invitations_follow_from_the_share_that_answers():
    """19 of 190, and two of ten more at the shop's rate: 21 of 200."""
    rows = needed()
    assert rows["FR"]["expected_response_rate"] == 21 / 200
    assert rows["FR"]["invitations_needed"] == 189 / (21 / 200)
    assert (rows["PT"]["expected_response_rate"], rows["PT"]["invitations_needed"]) == (0.2, 605)
    assert [rows[name]["is_within_reach"] for name in ("DE", "FR", "PT")] == [True, False, False]


def test_a_thin_segment_is_topped_up_to_its_share_of_the_answers():
    """39 % of the buyers, 20 of 100 answers: 19 are missing, 181 invitations at 10.5 %."""
    rows = needed()
    assert {name: (row["is_thin"], row["invitations_to_add"]) for name, row in rows.items()} == {
        "all": (False, 0),
        "DE": (False, 0),
        "FR": (True, 181),
        "PT": (False, 0),
    }
    # Also where the margin is reached: the mix of the answers is not that of the buyers.
    assert needed(scores=[("FR", 33, 9.0)])["FR"]["invitations_to_add"] == 181


def test_channels_are_left_out():
    assert "web" not in needed(segments=[*SEGMENTS, ("channel", "web", 1000, 500, 100, 0.2, False)])


def test_without_answers_or_invitations_nothing_is_known():
    rows = needed([], [("all", "all", 1000, 0, 0, None, False)], (None, None))
    assert [rows["all"][name] for name in ("answers_needed", "expected_response_rate", "invitations_needed")] == [
        None
    ] * 3
    assert rows["all"]["invitations_to_add"] == 0
