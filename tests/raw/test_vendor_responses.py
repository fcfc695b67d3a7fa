"""For random shops: the same answers through any survey tool's shape make the same canonical rows.

Here: the property, and the canonical form as one more shape. Not here: the shapes (vendor_responses.py).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from tests.raw.conftest import Shop
from tests.raw.vendor_responses import AGAIN, CARRIES, WITHOUT_ID, WRITERS, ZONE, Answer, carried, shops

Row = tuple[object, ...]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """One shop for all examples: what it holds is taken back after each."""
    with tempfile.TemporaryDirectory() as folder:
        made = Shop(Path(folder), str(ZONE))
        yield made
        made.con.close()


def clear(shop: Shop) -> None:
    for path in shop.settings.landing.iterdir():
        path.unlink()
    for table in ("responses", "invitations", "rejected", "files", "paths", "identities", "loads"):
        shop.con.execute(f"DELETE FROM vault.raw.{table}").fetchall()


def loaded(shop: Shop, tool: str, content: str) -> tuple[list[Row], list[Row], list[Row]]:
    """Answers, invitations and refused rows of one file, with UTC times and the tool's own ids where it has them."""
    shop.drop(f"{tool}.{'json' if content[0] in '[{' else 'csv'}", content)
    report = shop.load()
    assert report.files == {"loaded": 1}, shop.told[-1]
    number = "row_number::VARCHAR" if tool in WITHOUT_ID else "{}_id"
    answers = shop.con.sql(
        f"SELECT {number.format('response')}, epoch(responded_at)::BIGINT, score, identity LIKE 'e:%', "
        "CASE WHEN identity LIKE 'e:%' THEN lower(customer_email) END, order_id, comment, "
        f"answers['{AGAIN}'], epoch(invited_at)::BIGINT FROM vault.raw.responses ORDER BY ALL"
    ).fetchall()
    invitations = shop.con.sql(
        f"SELECT {number.format('invitation')}, lower(customer_email) FROM vault.raw.invitations ORDER BY ALL"
    ).fetchall()
    refused = shop.con.sql("SELECT row_number, reason FROM vault.raw.rejected ORDER BY ALL").fetchall()
    clear(shop)
    return answers, invitations, refused


def expected(tool: str, answers: list[Answer]) -> tuple[list[Row], list[Row]]:
    """What the file must become."""
    holds = CARRIES[tool]
    rows = []
    for one in (carried(tool, answer) for answer in answers if answer.score is not None):
        invited = int(one.invited_at.astimezone(UTC).timestamp()) if "invited_at" in holds else None
        email = one.email.lower() if one.email else None
        at = int(one.answered_at.timestamp())
        rows.append(
            (str(one.number), at, one.score, True if email else None, email, one.order, one.comment, one.again, invited)
        )
    known = [one for one in answers if "invited_at" in holds or (one.score is None and one.email)]
    invited_rows = [(str(one.number), one.email.lower() if one.email else None) for one in known]
    return rows, invited_rows if "unanswered" in holds else []


@pytest.mark.parametrize("tool", WRITERS)
@given(answers=shops())
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
def test_any_shape_makes_the_same_rows(shop: Shop, tool: str, answers: list[Answer]) -> None:
    # A tool without unanswered rows exports answers only; and only a form that somebody scored shows that it asks.
    kept = answers if "unanswered" in CARRIES[tool] else [one for one in answers if one.score is not None]
    if not any(one.score is not None for one in kept):
        return
    numbered = [Answer(**{**vars(one), "number": number}) for number, one in enumerate(kept, 1)]
    found, invited, refused = loaded(shop, tool, WRITERS[tool](numbered))
    rows, invitations = expected(tool, numbered)
    # whether an answer without an address has an identity depends on the tool's own ids
    assert [(*row[:3], row[3] or None, *row[4:]) for row in found] == sorted(rows, key=str)
    assert invited == sorted(invitations)
    silent = [one.number for one in numbered if one.score is None and not one.email]
    assert refused == ([] if "invited_at" in CARRIES[tool] else [(number, "partial") for number in silent])
