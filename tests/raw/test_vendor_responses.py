"""For random shops: the same answers through any survey tool's export give the same canonical rows.

Here: the property. Not here: the shapes (vendor_responses.py).
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.raw.conftest import Shop
from tests.raw.vendor_responses import AGAIN, CARRIES, WITHOUT_ID, WRITERS, ZONE, Answer, carried, shops

Row = tuple[object, ...]


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    """One shop for all examples; its rows are removed after each."""
    with tempfile.TemporaryDirectory() as folder:
        made = Shop(Path(folder), str(ZONE))
        yield made
        made.connection.close()


def loaded(shop: Shop, contents: dict[str, str]) -> dict[str, tuple[list[Row], list[Row], list[Row]]]:
    """By tool: answers, invitations and refused rows, with UTC times and the tool's own ids where it has them."""
    shutil.rmtree(shop.settings.landing)
    for table in ("responses", "invitations", "rejected", "files", "paths", "identities", "loads"):
        shop.connection.execute(f"DELETE FROM vault.raw.{table}").fetchall()
    for tool, content in contents.items():
        shop.drop(f"{tool}.{'json' if content[0] in '[{' else 'csv'}", content)
    report = shop.load()
    assert report.files == {"loaded": len(contents)}, shop.messages
    return {tool: _of(shop, tool) for tool in contents}


def _of(shop: Shop, tool: str) -> tuple[list[Row], list[Row], list[Row]]:
    number = "row_number::VARCHAR" if tool in WITHOUT_ID else "{}_id"
    here = (
        f"WHERE file_id = (SELECT file_id FROM vault.raw.paths WHERE split_part(path, '.', 1) = '{tool}') ORDER BY ALL"
    )
    answers = shop.connection.sql(
        f"SELECT {number.format('response')}, epoch(responded_at)::BIGINT, score, "
        "CASE WHEN identity LIKE 'e:%' THEN lower(customer_email) END, order_id, comment, "
        f"answers['{AGAIN}'], epoch(invited_at)::BIGINT FROM vault.raw.responses {here}"
    ).fetchall()
    invitations = shop.connection.sql(
        f"SELECT {number.format('invitation')}, lower(customer_email) FROM vault.raw.invitations {here}"
    ).fetchall()
    refused = shop.connection.sql(f"SELECT row_number, reason FROM vault.raw.rejected {here}").fetchall()
    return answers, invitations, refused


def expected(tool: str, answers: list[Answer]) -> tuple[list[Row], list[Row]]:
    """The rows the file must give."""
    holds = CARRIES[tool]
    rows = []
    for one in (carried(tool, answer) for answer in answers if answer.score is not None):
        invited = int(one.invited_at.timestamp()) if "invited_at" in holds else None
        email = one.email.lower() if one.email else None
        at = int(one.answered_at.timestamp())
        rows.append((str(one.number), at, one.score, email, one.order, one.comment, one.again, invited))
    invitable = [one for one in answers if "invited_at" in holds or (one.score is None and one.email)]
    invited_rows = [(str(one.number), one.email.lower() if one.email else None) for one in invitable]
    return rows, invited_rows if "unanswered" in holds else []


@pytest.mark.slow
@given(answers=shops())
@settings(max_examples=2, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_tool_gives_the_same_rows(shop: Shop, answers: list[Answer]) -> None:
    # A form is recognised as asking for the score only once somebody has given one.
    # One day of them above the twelfth, in every zone, tells which number of a day with slashes is the month.
    assume(any(one.score is not None and 13 < one.answered_at.day < 28 for one in answers))
    written = {tool: exported(tool, answers) for tool in WRITERS}
    loaded_rows = loaded(shop, {tool: WRITERS[tool](rows) for tool, rows in written.items()})
    for tool, rows in written.items():
        answered, invited, refused = loaded_rows[tool]
        responses, invitations = expected(tool, rows)
        assert (tool, answered) == (tool, sorted(responses, key=str))
        assert (tool, invited) == (tool, sorted(invitations))
        silent = [one for one in rows if one.score is None and not one.email]
        reasons = [(one.number, "footer" if is_bare(one, rows) else "partial") for one in silent]
        assert (tool, refused) == (tool, [] if "invited_at" in CARRIES[tool] else reasons)


def is_bare(one: Answer, rows: list[Answer]) -> bool:
    """Whether from this row on nothing but times stand in the file: they may be lines below the table."""
    return not any(
        later.score is not None or later.email or later.comment or later.again or later.order
        for later in rows[rows.index(one) :]
    )


def exported(tool: str, answers: list[Answer]) -> list[Answer]:
    """The rows of the tool's file, numbered from one: some tools export answered surveys only."""
    included = [one for one in answers if one.score is not None or "unanswered" in CARRIES[tool]]
    return [replace(one, number=number) for number, one in enumerate(included, 1)]
