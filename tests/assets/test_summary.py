"""The words of the summary: whom a score speaks for, what weights did, and why a year differs from its months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

from assets.summary import _score, _worth, _year
from pipelines.ops.headlines import Score, Worth, Year
from pipelines.report.language import Language
from pipelines.settings import Settings

ENGLISH = Language("en", ZoneInfo("UTC"), "EUR")

YEAR = Year(
    last_day=date(2025, 5, 31),
    nps=24.6,
    low=21.8,
    high=27.3,
    responses=1200,
    is_reliable=True,
    every_nps=38.0,
    every_responses=3100,
    weighted_nps=29.4,
    linked_nps=29.9,
    linked_responses=1100,
    weighting_effect=-0.5,
    buyers=4300,
    answered=1150,
    everybody_low=-6.2,
    everybody_high=24.0,
)


def test_a_year_says_whom_it_speaks_for_and_how_to_read_it() -> None:
    assert _year(Settings(), ENGLISH, YEAR) == [
        "NPS of the 365 days to May 31, 2025: 24.6   (95% interval 21.8 to 27.3, 1,200 answers)",
        "  speaks for those who answered: 1,150 of these days' 4,300 buyers, and not for the others",
        "  all 4,300 of them, had all answered: between -6.2 and 24.0 (nps.everybody says by which assumptions)",
        "  weighted to all kinds of buyers 29.4: the weights moved the 29.9 of the same 1,100 answers by -0.5",
        "  a year can be lower than each of its months, because those who like a shop order and answer often and count "
        "once in it: nps says what customers think, every_nps (38.0 of 3,100 answers) compares with months",
    ]


def test_a_year_of_few_answers_without_orders_says_less() -> None:
    few = replace(
        YEAR,
        responses=8,
        every_responses=8,
        is_reliable=False,
        weighted_nps=None,
        linked_nps=None,
        linked_responses=None,
        weighting_effect=None,
        buyers=None,
        answered=None,
        everybody_low=None,
        everybody_high=None,
    )
    assert _year(Settings(), ENGLISH, few)[1:] == ["  fewer than 30 answers: not reliable"]
    assert _year(Settings(), ENGLISH, None) == []


def test_a_figure_of_fewer_than_ten_people_is_flagged_wherever_it_is_printed() -> None:
    month = Score(date(2025, 5, 1), 40.0, 10.0, 60.0, 9, False, 5.0, -40.0, 50.0, False)
    assert _score(Settings(min_responses=5), ENGLISH, month)[-1] == "  fewer than 10 answers: not reliable"
    enough = replace(month, responses=40, is_reliable=True)
    assert (
        _score(Settings(), ENGLISH, enough)[-1] == "  the month before has too few answers: its change is not reliable"
    )
    assert len(_score(Settings(), ENGLISH, replace(enough, is_change_reliable=True))) == 3
    few, many = (Worth("promoter", 12.5, None, None, customers) for customers in (9, 10))
    assert _worth(Settings(), ENGLISH, [few])[-1].endswith("(9 customers: too few to rely on)")
    assert _worth(Settings(), ENGLISH, [many])[-1].endswith("(10 customers)")


def test_the_summary_speaks_the_language_of_the_setting() -> None:
    german = Language("de", ZoneInfo("UTC"), "EUR")
    month = Score(date(2025, 5, 1), 40.0, 10.0, 60.0, 1, False, None, None, None, None)
    assert _score(Settings(), german, month) == [
        "",
        "NPS im Mai 2025: 40,0   (95\xa0%-Intervall 10,0 bis 60,0, 1 Antwort)",
        "  weniger als 30 Antworten: nicht verlässlich",
    ]
    worth = _worth(Settings(), german, [Worth("promoter", 1234.5, 1000.0, 1500.25, 10)])
    assert worth[-1] == (
        "  Promotoren          1.234,50\xa0€   (95\xa0%-Intervall 1.000,00\xa0€ bis 1.500,25\xa0€, 10 Kunden)"
    )
