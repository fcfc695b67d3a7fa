"""Days and zones: what the file tells, what the setting tells, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cases.small_shop import ANSWERS, FILES, REFUSED, Night, csv, days
from shared_files import case

QUESTION = "How likely are you to recommend us to a friend?"
TOLD = "SELECT column_name, reading, told_by FROM vault.raw.readings ORDER BY ALL"
RESPONDED = (
    "SELECT strftime(responded_at AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M') FROM core.responses ORDER BY response_id"
)


def sheet(*written: str) -> str:
    """A linked sheet with one answer per time."""
    return csv(f"Timestamp,Email address,{QUESTION}", *([t, f"p{n}@example.org", "9"] for n, t in enumerate(written)))


def orders(*written: str) -> str:
    """Canonical orders at these times."""
    return csv("order_id,ordered_at,total,currency", *([f"o{n:02}", t, "10.00", "EUR"] for n, t in enumerate(written)))


def ordered(night: Night) -> list[str]:
    query = "SELECT strftime(ordered_at AT TIME ZONE 'UTC', '%Y-%m-%d') FROM core.orders ORDER BY order_id"
    [rows] = night.landed(query)
    return [day for (day,) in rows]


def test_a_sheet_that_tells_nothing_is_refused_and_the_setting_reads_it(tmp_path):
    night = Night(tmp_path).land(*case("google_sheet_day_first"))
    [refused, answers] = night.landed(REFUSED, ANSWERS)
    # 06/06/2025 is the same day either way.
    assert (refused, answers[0][0]) == ([("responded_at", "ambiguous_date", 8)], 1)
    [refused, answers, span] = night.with_settings(date_order="day_first").landed(
        REFUSED, ANSWERS, days("responded_at", "core.responses")
    )
    assert (refused, answers, span) == ([], [(9, -33.3)], [("2025-06-01 10:15", "2025-06-09 10:15")])


@pytest.mark.parametrize("turned", [False, True])
def test_an_answer_has_one_id_however_its_day_is_read(tmp_path, turned):
    files = case("google_sheet_day_first_grows")
    night = Night(tmp_path)
    for file in reversed(files) if turned else files:
        night.land(file)
        night.landed(ANSWERS)
    [answers, span, missing] = night.rows(
        ANSWERS,
        days("responded_at", "core.responses"),
        "SELECT count(*) FROM ops.rejected WHERE superseded_by IS NULL",
    )
    assert (answers, span) == ([(10, -20.0)], [("2025-06-01 10:15", "2025-06-13 10:15")])
    assert missing == [(0,)]


@pytest.mark.parametrize(
    ("name", "nps", "span"),
    [
        ("google_forms_german", (4, 0.0), ("2025-06-05 13:08", "2025-12-07 23:05")),
        ("google_forms_spanish", (3, 33.3), ("2025-10-04 15:59", "2025-10-06 15:59")),
        ("google_forms_est", (3, 33.3), ("2025-06-05 20:08", "2025-07-01 04:58")),
        ("microsoft_forms_german", (3, -33.3), ("2025-06-05 18:02", "2025-06-17 08:02")),
        ("microsoft_forms_spanish", (3, -33.3), ("2025-06-05 18:02", "2025-06-17 08:02")),
        ("microsoft_forms_spanish_iso", (3, -33.3), ("2025-06-05 18:02", "2025-06-17 08:02")),
    ],
)
def test_forms_in_their_own_language(tmp_path, name, nps, span):
    [answers, found, refused] = (
        Night(tmp_path).land(*case(name)).landed(ANSWERS, days("responded_at", "core.responses"), REFUSED)
    )
    assert (answers, found, refused) == ([nps], [span], [])


def test_years_of_two_digits_are_of_this_century(tmp_path):
    [answers, span, refused] = (
        Night(tmp_path)
        .land(*case("microsoft_forms_two_digit_year"))
        .landed(ANSWERS, days("responded_at", "core.responses"), REFUSED)
    )
    assert (answers[0][0], refused, span[0][0][:4]) == (3, [], "2025")


def test_names_of_zones_in_forms(tmp_path):
    query = (
        "SELECT strftime(responded_at AT TIME ZONE 'UTC', '%m-%d %H:%M') AS at, count(*) FROM core.responses GROUP BY 1"
    )
    [answers, refused] = (
        Night(tmp_path).land(*case("google_forms_zone_names")).landed(f"FROM ({query}) ORDER BY 1", REFUSED)
    )
    assert answers == [("06-30 18:28", 1), ("06-30 22:58", 2), ("07-01 03:58", 4)]
    assert refused == [("responded_at", "unknown_zone", 1)]


def test_abbreviations_of_zones(tmp_path):
    query = "SELECT response_id, strftime(responded_at AT TIME ZONE 'UTC', '%m-%d %H:%M') FROM core.responses"
    refused = "SELECT split_part(value, ' ', 3) FROM ops.rejected WHERE reason = 'unknown_zone' ORDER BY 1"
    [times, unknown] = Night(tmp_path).land(*case("zone_abbreviations")).landed(query, refused)
    assert dict(times) == {
        "EDT": "07-01 04:30",
        "EST": "07-01 05:30",
        "CEST": "06-30 22:30",
        "CET": "06-30 23:30",
        "CST": "07-01 06:30",
        "PDT": "07-01 07:30",
        "PST": "07-01 08:30",
        "MST": "07-01 07:30",
        "JST": "06-30 15:30",
        "AEST": "06-30 14:30",
        "MESZ": "06-30 22:30",
        "GMT1": "06-30 23:30",
        "UTCm5": "07-01 05:30",
        "UTCm05": "07-01 05:30",
        "GMTp5": "06-30 19:00",
        "Etc": "07-01 01:30",
        "ampm": "07-01 00:30",
        "pm": "07-01 14:30",
        "tampm": "07-01 14:30",
    }
    assert len(unknown) == 6


@pytest.mark.parametrize(
    ("timezone", "written", "utc"),
    [
        ("Europe/London", "2025-07-01 00:30:00 BST", "2025-06-30 23:30"),
        ("Asia/Kolkata", "2025-07-01 06:00:00 IST", "2025-07-01 00:30"),
        ("Europe/Dublin", "2025-07-01 06:00:00 IST", "2025-07-01 05:00"),
        ("Asia/Shanghai", "2025-07-01 09:00:00 CST", "2025-07-01 01:00"),
        ("Europe/Berlin", "2025-07-01 09:00:00 CET", "2025-07-01 08:00"),
        ("America/New_York", "2025-01-15 09:00:00 EDT", "2025-01-15 13:00"),
    ],
)
def test_the_business_zone_says_what_its_own_abbreviation_means(tmp_path, timezone, written, utc):
    night = Night(tmp_path, timezone=timezone).land(
        ("a.csv", csv("response_id,responded_at,score", ["r", written, "9"]))
    )
    assert night.landed(RESPONDED) == [[(utc,)]]


def test_an_abbreviation_counts_only_on_days_of_its_use(tmp_path):
    """In winter London is on GMT: BST is then nobody's zone."""
    night = Night(tmp_path, timezone="Europe/London")
    night.land(("a.csv", csv("response_id,responded_at,score", ["r", "2025-01-01 00:30:00 BST", "9"])))
    assert night.landed(REFUSED) == [[("responded_at", "unknown_zone", 1)]]


# Days of one file, how they are read, and what told it.
FILES_OF_DAYS = [
    (["05/06/2025", "13/06/2025"], ["2025-06-05", "2025-06-13"], "other days of the column"),
    (["05/06/2025", "06/13/2025"], ["2025-05-06", "2025-06-13"], "other days of the column"),
    (["05.06.2025", "06.07.2025"], ["2025-06-05", "2025-07-06"], None),
    (["28/05/2025", "03/06/2025"], ["2025-05-28", "2025-06-03"], "other days of the column"),
    # Exactly one reading grows, or, newest first, falls.
    (["02/05/2025", "07/05/2025", "01/06/2025"], ["2025-05-02", "2025-05-07", "2025-06-01"], "the order of the rows"),
    (["01/06/2025", "07/05/2025", "02/05/2025"], ["2025-06-01", "2025-05-07", "2025-05-02"], "the order of the rows"),
    (["5/31/25 14:05", "6/1/25 9:00"], ["2025-05-31", "2025-06-01"], "other days of the column"),
    (["Jun 5, 2025, 3:04:05 PM", "Jun-05-25"], ["2025-06-05", "2025-06-05"], None),
]


def test_what_tells_the_order_of_day_and_month(tmp_path):
    night = Night(tmp_path)
    for number, (written, _, _) in enumerate(FILES_OF_DAYS):
        rows = [[f"{number}-{n}", f'"{day}"', "10.00", "EUR"] for n, day in enumerate(written)]
        night.land((f"{number}.csv", csv("order_id,ordered_at,total,currency", *(",".join(row) for row in rows))))
    told = "SELECT path, told_by FROM vault.raw.readings JOIN vault.raw.paths USING (file_id) ORDER BY path"
    [told_by, refused] = night.landed(told, REFUSED)
    assert ordered(night) == [day for _, read, _ in FILES_OF_DAYS for day in read]
    assert told_by == [(f"{number}.csv", by) for number, (_, _, by) in enumerate(FILES_OF_DAYS) if by]
    assert refused == []


def test_two_growing_readings_tell_nothing(tmp_path):
    night = Night(tmp_path).land(("orders.csv", orders("01/02/2025", "02/03/2025", "03/04/2025")))
    assert night.landed(REFUSED) == [[("ordered_at", "ambiguous_date", 3)]]


def test_a_column_of_both_orders_refuses_what_it_does_not_show(tmp_path):
    night = Night(tmp_path, date_order="day_first").land(
        ("orders.csv", orders("13/06/2025", "06/14/2025", "01/02/2025"))
    )
    assert ordered(night) == ["2025-06-13", "2025-06-14"]
    assert night.landed(REFUSED) == [[("ordered_at", "ambiguous_date", 1)]]


def test_another_column_of_the_file_tells(tmp_path):
    text = csv("order_id,ordered_at,total,currency,delivered_at", ["a", "05/06/2025", "1", "EUR", "14/06/2025"])
    night = Night(tmp_path).land(("orders.csv", text))
    assert ordered(night) == ["2025-06-05"]
    assert ("ordered_at", "day", "other days of the file") in night.landed(TOLD)[0]


def test_a_day_in_the_future_is_refused_until_it_has_come(tmp_path):
    """12/11/2026 is told to be the 12th of November; on the 1st it is refused, on the 20th it counts."""
    night = Night(tmp_path).land(("orders.csv", orders("13/10/2026", "12/11/2026")))
    assert ordered(night) == ["2026-10-13"]
    assert night.landed(REFUSED) == [[("ordered_at", "in_future", 1)]]
    later = night.with_settings(as_of=datetime(2026, 11, 20, tzinfo=UTC))
    assert ordered(later) == ["2026-10-13", "2026-11-12"]
    assert later.landed(REFUSED) == [[]]


def test_a_german_spreadsheet(tmp_path):
    files = [file for file in case("by_hand") if file.name == "a_german_excel.csv"]
    [orders_, span, refused] = (
        Night(tmp_path)
        .land(*files)
        .landed(
            "SELECT count(*), sum(total), sum(total - coalesce(refunded, 0)) FROM core.orders",
            days("ordered_at", "core.orders"),
            REFUSED,
        )
    )
    assert (orders_[0][0], refused) == (20, [])
    assert (str(orders_[0][1]), str(orders_[0][2])) == ("595.5000", "570.7000")
    assert span == [("2026-06-03 09:12", "2026-10-14 19:01")]


def test_the_order_of_the_rows_tells_two_digit_years(tmp_path):
    files = [file for file in case("by_hand") if file.name == "c_forms_excel_dates.csv"]
    [answers, span, told] = Night(tmp_path).land(*files).landed(ANSWERS, days("responded_at", "core.responses"), TOLD)
    assert (answers[0][0], span) == (6, [("2026-06-09 12:12", "2026-09-08 18:55")])
    assert told == [("responded_at", "month", "the order of the rows")]


def test_scores_out_of_ten(tmp_path):
    files = [file for file in case("by_hand") if file.name == "g_forms_scores.csv"]
    [answers, listed] = Night(tmp_path).land(*files).landed(ANSWERS, FILES)
    assert answers == [(15, 26.7)]
    assert listed[0][1:] == ("google_forms", "loaded", 15, 0)


def test_a_form_whose_zone_nobody_knows_is_a_form_all_the_same(tmp_path):
    text = csv(
        "Carimbo de data/hora,Em uma escala de 0 a 10 você recomendaria a loja?", ["2025/06/05 3:08:44 PM BRT", "9"]
    )
    night = Night(tmp_path).land(("a.csv", text))
    assert night.landed(REFUSED) == [[("responded_at", "unknown_zone", 1)]]
    local = Night(tmp_path / "b", timezone="America/Sao_Paulo").land(("a.csv", text.replace("BRT", "-03")))
    assert local.landed(days("responded_at", "core.responses")) == [[("2025-06-05 18:08", "2025-06-05 18:08")]]
