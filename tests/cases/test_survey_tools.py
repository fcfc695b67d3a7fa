"""Exports of survey and review tools, as their owners have them: which rows are answers, and which are not.

Here: each shipped format on the inputs of ../shared/cases. Not here: the same formats on small inputs of the project's
own (tests/raw/test_survey_formats.py).
"""

from __future__ import annotations

from pathlib import Path

from cases.case_shop import landed, refused, rows


def test_alchemer_answers_are_complete_surveys(tmp_path: Path) -> None:
    with landed(tmp_path, "alchemer") as shop:
        assert rows(
            shop, "SELECT response_id, responded_at, score, customer_email, comment FROM vault.raw.responses"
        ) == [
            ("1-s1", "2025-01-06 03:57:59+00", "9", "a1@example.org", "fast"),
            ("2-s2", "2025-07-06 02:57:59+00", "2", "a2@example.org", "slow"),
        ]
        assert refused(shop) == [
            ("3", "responses", None, "partial", None),
            ("4", "responses", None, "excluded", None),
        ]


def test_stars_are_reviews_and_never_scores(tmp_path: Path) -> None:
    with landed(tmp_path, "star_reviews") as shop:
        assert rows(shop, "SELECT customer_email, given_at FROM vault.raw.reviews_given") == [
            ("ann@example.org", "2025-05-01 10:00:00+00"),
            ("ben@example.org", "2025-05-02 10:00:00+00"),
            ("cid@example.org", "2025-05-03 10:00:00+00"),
            ("dee@example.org", "2025-05-04 10:00:00+00"),
        ]
        assert rows(shop, "FROM vault.raw.responses") == []
        assert refused(shop) == []
