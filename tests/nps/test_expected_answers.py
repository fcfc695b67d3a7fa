"""nps.expected_answers: a known lag, learnt and applied."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from pipelines.nps.expected_answers import LEAST, LONGEST, expected_answers
from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings

TODAY = date(2024, 5, 20)
AS_OF = datetime(2024, 5, 20, 23, 30, tzinfo=UTC)
MONTHS = Window(date(2024, 4, 1), date(2024, 6, 1))
# Of ten answers, 50, 80, 90 and 100 % have arrived after 0, 2, 5 and 10 days.
LAGS = {0: 5, 2: 3, 5: 1, 10: 1}


def invitations(first: date, last: date) -> pl.DataFrame:
    """The answers that have arrived by TODAY, of ten to each day's invitations."""
    rows = [
        (day, day + timedelta(days=lag))
        for day in pl.date_range(first, last, eager=True)
        for lag, answers in LAGS.items()
        for _ in range(answers)
        if day + timedelta(days=lag) <= TODAY
    ]
    return pl.DataFrame(rows, schema={"invited": pl.Date, "response_date": pl.Date}, orient="row").select(
        "response_date", invited_at=pl.col("invited").cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
    )


def rows(responses: pl.DataFrame, zone: str = "UTC") -> dict[str, dict[str, object]]:
    """Every other answer carries its own invited_at; the others' invitations are in core.invitations."""
    span = Span(MONTHS, Clock(AS_OF, zone))
    named = responses.with_row_index("response_id")
    apart = pl.col("response_id") % 2 == 0
    sent = named.filter(apart).select("response_id", "invited_at").lazy()
    own = named.with_columns(invited_at=pl.when(~apart).then("invited_at")).lazy()
    result = expected_answers(own, sent, span=span, settings=Settings(home=Path("nowhere"), as_of=AS_OF))
    assert set(result["month"]) == {date(2024, 5, 1)}
    return {row["grain"]: row for row in result.to_dicts()}


def test_share_expected_so_far() -> None:
    result = rows(invitations(date(2023, 3, 1), TODAY))
    assert list(result) == ["week", "month", "quarter", "year", "trailing_90d", "trailing_365d"]
    # The week begins on Monday the 20th: its invitations are 0 days old.
    week = result["week"]
    assert (week["answers"], week["expected_share"], week["answers_to_come"]) == pytest.approx((5, 0.5, 5))
    month = result["month"]
    # The 20th and 19th have half of their answers, the 18th to 16th 80 %, the 15th to 11th 90 %, earlier days all.
    assert month["answers"] == 5 * 2 + 8 * 3 + 9 * 5 + 10 * 10
    assert month["expected_share"] == pytest.approx(month["answers"] / 200)
    assert month["answers_to_come"] == pytest.approx(200 - month["answers"])
    # Learnt from the year that ends 60 days ago, which is complete.
    assert (month["learnt_from"], month["median_lag_days"]) == (3650, 1.0)
    assert result["year"]["answers_to_come"] == pytest.approx(200 - month["answers"])


def test_there_is_no_estimate_without_invitations_or_with_too_few() -> None:
    none = rows(invitations(date(2023, 3, 1), TODAY).with_columns(invited_at=pl.lit(None, pl.Datetime("us", "UTC"))))
    assert {(row["answers"], row["expected_share"], row["learnt_from"]) for row in none.values()} == {(0, None, 0)}
    few = rows(invitations(TODAY - timedelta(days=LONGEST + 2), TODAY))
    assert few["month"]["learnt_from"] == 20 < LEAST
    assert (few["month"]["expected_share"], few["month"]["answers_to_come"]) == (None, None)
    assert few["month"]["answers"] > 0


def test_answers_before_their_invitation_or_long_after_it() -> None:
    regular = invitations(date(2023, 3, 1), TODAY)
    odd = pl.DataFrame({"response_date": [date(2023, 6, 1), date(2023, 5, 31), date(2024, 3, 1)]}).with_columns(
        invited_at=pl.Series([datetime(2023, 6, 2, tzinfo=UTC)] * 3).cast(pl.Datetime("us", "UTC"))
    )
    result = rows(pl.concat([regular, odd]))["month"]
    # The first counts as answered on the day of its invitation, the others not at all.
    assert result["learnt_from"] == 3651
    assert result["expected_share"] == pytest.approx(rows(regular)["month"]["expected_share"], abs=1e-3)


def test_days_are_those_of_the_business_zone() -> None:
    # 23:30 UTC on the 20th is the 21st in Tokyo.
    result = rows(invitations(date(2023, 3, 1), TODAY), "Asia/Tokyo")
    assert result["week"]["period_end"] == date(2024, 5, 22)


def test_closed_months_have_no_open_window() -> None:
    span = Span(Window(date(2024, 1, 1), date(2024, 5, 1)), Clock(AS_OF, "UTC"))
    responses = invitations(date(2023, 3, 1), TODAY).with_row_index("response_id").lazy()
    assert expected_answers(
        responses, responses.clear(), span=span, settings=Settings(home=Path("nowhere"), as_of=AS_OF)
    ).is_empty()
