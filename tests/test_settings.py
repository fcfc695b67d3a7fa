"""Settings: every variable's default, allowed values, and the message for wrong ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from pipelines.settings import PREFIX, SETTINGS_FILE, Settings, SettingsError

DEFAULTS = {
    "timezone": "UTC",
    "currency": None,
    "first_month": date(2016, 1, 1),
    "salt": None,
    "counting": "latest",
    "confidence": 0.95,
    "min_responses": 30,
    "target_margin": 10,
    "silent_points": 20,
    "horizon_months": 12,
    "discount_rate": 0.10,
    "value_basis": "revenue",
    "order_value_bands": (Decimal(25), Decimal(50), Decimal(100), Decimal(250)),
    "attributes": ("country", "tier", "gender", "age_band"),
    "email_rules": (),
    "date_order": None,
    "question": None,
    "country": None,
    "shared_addresses": (),
    "segment_pairs": (),
    "publish_comments": True,
    "parquet": False,
    "report": True,
    "language": "en",
    "recommended_share": 0,
    "recommendations": (4.0, 1.0, 0.2),
    "warnings": (0.1, 0.3, 3.0),
    "warning_weight": 0,
    "customer_months": 2,
    "follow_up_holdout": (),
    "follow_up_hours": (("detractor", 48, "h"), ("passive", 5, "bd"), ("promoter", 7, "d")),
    "keep_raw_days": 0,
    "keep_runs_days": 0,
    "memory": None,
    "max_rejected": 0.2,
    "notify": None,
}
# Variable, value as written, value as understood.
RIGHT = [
    ("TIMEZONE", "Europe/Paris", "Europe/Paris"),
    ("CURRENCY", "EUR", "EUR"),
    ("FIRST_MONTH", "2020-02-01", date(2020, 2, 1)),
    ("AS_OF", "2026-01-31T02:00:00+01:00", datetime(2026, 1, 31, 1, tzinfo=UTC)),
    (
        "FOLLOW_UP_HOURS",
        "promoter:none, Passive:36h, detractor:1bd",
        (("detractor", 1, "bd"), ("passive", 36, "h"), ("promoter", 0, "none")),
    ),
    ("FOLLOW_UP_HOLDOUT", "none", ()),
    (
        "FOLLOW_UP_HOLDOUT",
        "2026-12-01:0.1, 2027-06-01:0",
        ((date(2026, 12, 1), 0.1), (date(2027, 6, 1), 0.0)),
    ),
    ("AS_OF", "2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
    ("AS_OF", "2026-01-31T02:00:00Z", datetime(2026, 1, 31, 2, tzinfo=UTC)),
    ("SALT", "0123456789abcdef", "0123456789abcdef"),
    ("COUNTING", "all", "all"),
    ("CONFIDENCE", "0.5", 0.5),
    ("CONFIDENCE", "0.9999", 0.9999),
    ("MIN_RESPONSES", "1", 1),
    ("TARGET_MARGIN", "100", 100),
    ("SILENT_POINTS", "12.5", 12.5),
    ("HORIZON_MONTHS", "120", 120),
    ("DISCOUNT_RATE", "0", 0),
    ("DISCOUNT_RATE", "1", 1),
    ("VALUE_BASIS", "revenue", "revenue"),
    ("ORDER_VALUE_BANDS", "10, 20.50", (Decimal(10), Decimal("20.50"))),
    ("ATTRIBUTES", "tier, Loyalty group", ("tier", "Loyalty group")),
    ("ATTRIBUTES", ",", ()),
    ("EMAIL_RULES", "none", ()),
    ("EMAIL_RULES", "plus_tags", ("plus_tags",)),
    ("EMAIL_RULES", "plus_tags, gmail_dots,plus_tags", ("gmail_dots", "plus_tags")),
    ("COUNTRY", "DE", "DE"),
    ("DATE_ORDER", "day_first", "day_first"),
    ("QUESTION", "our shop", "our shop"),
    ("SHARED_ADDRESSES", ",", ()),
    (
        "SHARED_ADDRESSES",
        "Orders@Bay.test, *@relay.test, +49 151 12345678",
        ("*@relay.test", "+4915112345678", "orders@bay.test"),
    ),
    ("SEGMENT_PAIRS", "country*product_category, tier*lifecycle", ("country*product_category", "tier*lifecycle")),
    ("PARQUET", "true", True),
    ("REPORT", "false", False),
    ("LANGUAGE", "fr", "fr"),
    ("PUBLISH_COMMENTS", "false", False),
    ("PUBLISH_COMMENTS", "0", False),
    ("RECOMMENDED_SHARE", "0.3", 0.3),
    ("RECOMMENDATIONS", "3, 1,0", (3.0, 1.0, 0.0)),
    ("WARNINGS", "0,0.5,2", (0.0, 0.5, 2.0)),
    ("WARNING_WEIGHT", "4", 4),
    ("CUSTOMER_MONTHS", "0", 0),
    ("KEEP_RAW_DAYS", "730", 730),
    ("KEEP_RUNS_DAYS", "90", 90),
    ("MEMORY", "3GiB", "3GiB"),
    ("MEMORY", "1.5 GB", "1.5 GB"),
    ("MAX_REJECTED", "0", 0),
    ("MAX_REJECTED", "1", 1),
    ("NOTIFY", "json://shop/hook, mailto://shop", "json://shop/hook, mailto://shop"),
]
# Variable, value, a piece of what the message says is allowed.
WRONG = [
    ("RECOMMENDED_SHARE", "1.2", "a share from 0 to 1"),
    ("FOLLOW_UP_HOLDOUT", "0.1", "days in order, each with a share from 0 to 0.5"),
    ("FOLLOW_UP_HOLDOUT", "2026-12-01:10", "days in order, each with a share from 0 to 0.5"),
    ("FOLLOW_UP_HOLDOUT", "2026-12-01:nan", "days in order, each with a share from 0 to 0.5"),
    ("FOLLOW_UP_HOLDOUT", "2027-06-01:0,2026-12-01:0.1", "days in order, each with a share from 0 to 0.5"),
    ("FOLLOW_UP_HOLDOUT", "2026-12-01:0.1,2026-12-01:0", "days in order, each with a share from 0 to 0.5"),
    ("FOLLOW_UP_HOLDOUT", "December:0.1", "days in order, each with a share from 0 to 0.5"),
    ("FOLLOW_UP_HOURS", "48h,5bd,7d", "for each category hours, days or business days up to 90 days"),
    ("FOLLOW_UP_HOURS", "detractor:48h,passive:5bd", "for each category hours"),
    ("FOLLOW_UP_HOURS", "detractor:48h,passive:5bd,passive:5bd,promoter:7d", "for each category hours"),
    ("FOLLOW_UP_HOURS", "detractor:48h,passive:61bd,promoter:7d", "for each category hours"),
    ("FOLLOW_UP_HOURS", "detractor:0h,passive:5bd,promoter:7d", "for each category hours"),
    ("FOLLOW_UP_HOURS", "detractor:2w,passive:5bd,promoter:7d", "for each category hours"),
    ("RECOMMENDATIONS", "4,1", "three numbers, 0 or more"),
    ("WARNINGS", "0.1,0.3,-3", "three numbers, 0 or more"),
    ("WARNING_WEIGHT", "-1", "a number, 0 or more"),
    ("DATE_ORDER", "day", "day_first or month_first"),
    ("QUESTION", "Q", "two characters or more"),
    ("COUNTRY", "Germany", "an ISO 3166 code of two capital letters"),
    ("COUNTRY", "de", "an ISO 3166 code of two capital letters"),
    ("COUNTRY", "XX", "an ISO 3166 code of two capital letters"),
    ("SHARED_ADDRESSES", "bay.test", "e-mail addresses, *@domain and phone numbers"),
    ("SHARED_ADDRESSES", "a@bay.test,0151 12345678", "e-mail addresses, *@domain and phone numbers"),
    ("SHARED_ADDRESSES", "a*@bay.test", "e-mail addresses, *@domain and phone numbers"),
    ("EMAIL_RULES", "dots", "none, or one or both of plus_tags,gmail_dots"),
    ("EMAIL_RULES", "none,plus_tags", "none, or one or both of plus_tags,gmail_dots"),
    ("TIMEZONE", "Europe/Pari", "an IANA time zone"),
    ("TIMEZONE", "CEST", "an IANA time zone"),
    ("CURRENCY", "eur", "ISO 4217"),
    ("CURRENCY", "Euro", "ISO 4217"),
    ("FIRST_MONTH", "2020-02-02", "YYYY-MM-01"),
    ("FIRST_MONTH", "2020-02", "YYYY-MM-01"),
    ("FIRST_MONTH", "1704067200", "YYYY-MM-01"),
    ("AS_OF", "yesterday", "ISO 8601"),
    ("AS_OF", "20260131020000", "ISO 8601"),
    ("AS_OF", "2026", "ISO 8601"),
    ("AS_OF", "1989-12-31", "from 1990 on"),
    ("AS_OF", "0001-01-01T00:00:00+14:00", "from 1990 on"),
    ("AS_OF", "9000-01-01", "not in the future"),
    ("COUNTING", "Latest", "latest or all"),
    ("CONFIDENCE", "95", "from 0.5 to 0.9999"),
    ("CONFIDENCE", "1", "from 0.5 to 0.9999"),
    ("CONFIDENCE", "nan", "from 0.5 to 0.9999"),
    ("MIN_RESPONSES", "0", "1 or more"),
    ("MIN_RESPONSES", "a few", "1 or more"),
    ("TARGET_MARGIN", "0", "above 0"),
    ("TARGET_MARGIN", "inf", "above 0"),
    ("SILENT_POINTS", "-1", "from 0 to 200"),
    ("SILENT_POINTS", "inf", "from 0 to 200"),
    ("HORIZON_MONTHS", "0", "from 1 to 120"),
    ("HORIZON_MONTHS", "1.5", "from 1 to 120"),
    ("DISCOUNT_RATE", "10", "from 0 to 1"),
    ("DISCOUNT_RATE", "10 %", "from 0 to 1"),
    ("VALUE_BASIS", "profit", "revenue or margin"),
    ("ORDER_VALUE_BANDS", "50,25", "growing positive amounts"),
    ("ORDER_VALUE_BANDS", "25,25", "growing positive amounts"),
    ("ORDER_VALUE_BANDS", "0,25", "growing positive amounts"),
    ("ORDER_VALUE_BANDS", "25,fifty,a lot", "growing positive amounts"),
    ("ORDER_VALUE_BANDS", ",", "growing positive amounts"),
    ("SEGMENT_PAIRS", "country", "pairs of two dimensions"),
    ("SEGMENT_PAIRS", "country*country", "pairs of two dimensions"),
    ("SEGMENT_PAIRS", "country*brand*channel", "pairs of two dimensions"),
    ("SEGMENT_PAIRS", "country*planet", "such as country*product_category"),
    ("SEGMENT_PAIRS", "country*brand,brand*country", "different pairs"),
    ("ATTRIBUTES", "tier,tier", "different column names"),
    ("ATTRIBUTES", "tier;gender", "different column names"),
    ("ATTRIBUTES", "tier,customer_email", "none of them personal"),
    ("PARQUET", "often", "true or false"),
    ("REPORT", "weekly", "true or false"),
    ("LANGUAGE", "nl", "en, de or fr"),
    ("PUBLISH_COMMENTS", "maybe", "true or false"),
    ("CUSTOMER_MONTHS", "-1", "0 or more"),
    ("CUSTOMER_MONTHS", "2.5", "0 or more"),
    ("KEEP_RAW_DAYS", "-1", "whole number of days, 0 or more"),
    ("KEEP_RUNS_DAYS", "1.5", "whole number of days, 0 or more"),
    ("MEMORY", "3", "an amount of memory such as 3GiB or 800MB"),
    ("MEMORY", "0GiB", "an amount of memory such as 3GiB or 800MB"),
    ("MAX_REJECTED", "20", "from 0 to 1"),
]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty working directory, and an environment without Northstar's variables."""
    import os

    for name in list(os.environ):
        if name.upper().startswith(PREFIX):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refusal(**values):
    with pytest.raises(SettingsError) as caught:
        Settings(**values)
    return str(caught.value)


@pytest.mark.parametrize("name", DEFAULTS)
def test_default(name):
    assert getattr(Settings(), name) == DEFAULTS[name]


def test_no_variable_is_left_out():
    tested = {name.lower() for name, *_ in RIGHT} & {name.lower() for name, *_ in [*WRONG, ("SALT",), ("NOTIFY",)]}
    assert set(Settings.model_fields) == tested | {"home", "landing", "published"}
    assert set(Settings.model_fields) == set(DEFAULTS) | {"home", "landing", "published", "as_of"}


def test_default_clock_is_now():
    before = datetime.now(UTC)
    assert before <= Settings().as_of <= datetime.now(UTC)


@pytest.mark.parametrize(("name", "written", "meant"), RIGHT)
def test_right_value(monkeypatch, name, written, meant):
    monkeypatch.setenv(PREFIX + name, written)
    assert getattr(Settings(), name.lower()) == meant


@pytest.mark.parametrize(("name", "written", "allowed"), WRONG)
def test_wrong_value_is_named_with_what_is_allowed(monkeypatch, name, written, allowed):
    monkeypatch.setenv(PREFIX + name, written)
    message = refusal()
    assert message.startswith(f"{PREFIX}{name} is '{written}'; allowed is ")
    assert allowed in message
    assert "\n" not in message


def test_all_wrong_values_are_reported_at_once(monkeypatch):
    monkeypatch.setenv("NORTHSTAR_CURRENCY", "euro")
    monkeypatch.setenv("NORTHSTAR_CONFIDENCE", "95")
    assert [line.split()[0] for line in refusal().splitlines()] == ["NORTHSTAR_CURRENCY", "NORTHSTAR_CONFIDENCE"]


def test_an_empty_variable_counts_as_unset(monkeypatch):
    monkeypatch.setenv("NORTHSTAR_CURRENCY", "")
    monkeypatch.setenv("NORTHSTAR_LANDING", "")
    assert Settings().currency is None
    assert Settings().landing.name == "landing"


def test_salt_is_never_shown(monkeypatch):
    monkeypatch.setenv("NORTHSTAR_SALT", "too short")
    message = refusal()
    assert message == "NORTHSTAR_SALT is (hidden); allowed is 16 characters or more."
    monkeypatch.setenv("NORTHSTAR_SALT", "a secret of many letters")
    settings = Settings()
    assert "secret" not in repr(settings)
    assert "secret" not in str(settings)
    monkeypatch.setenv("NORTHSTAR_CONFIDENCE", "95")
    assert "secret" not in refusal()
    monkeypatch.delenv("NORTHSTAR_SALT")
    monkeypatch.setenv("NORTHSTAR_SALTS", "a secret of many letters")
    assert "secret" not in refusal()


def test_the_address_of_notifications_is_never_shown(monkeypatch):
    monkeypatch.setenv("NORTHSTAR_NOTIFY", "shop:secret@example.com")
    assert refusal() == (
        "NORTHSTAR_NOTIFY is (hidden); allowed is one or more addresses as Apprise writes them, such as json://host/path."
    )
    monkeypatch.setenv("NORTHSTAR_NOTIFY", "mailto://shop:secret@example.com")
    settings = Settings()
    assert settings.notify == "mailto://shop:secret@example.com"
    assert "secret" not in repr(settings) + str(settings)
    monkeypatch.setenv("NORTHSTAR_CONFIDENCE", "95")
    assert "secret" not in refusal()
    monkeypatch.delenv("NORTHSTAR_NOTIFY")
    monkeypatch.setenv("NORTHSTAR_NOTIFIES", "mailto://shop:secret@example.com")
    assert "secret" not in refusal()


def test_a_future_clock_is_refused_in_every_zone(monkeypatch):
    soon = datetime.now(UTC) + timedelta(minutes=5)
    monkeypatch.setenv("NORTHSTAR_AS_OF", soon.isoformat())
    assert "not in the future" in refusal()
    # The same reading of the clock is past in a zone that is ahead.
    monkeypatch.setenv("NORTHSTAR_AS_OF", soon.replace(tzinfo=None).isoformat())
    monkeypatch.setenv("NORTHSTAR_TIMEZONE", "Pacific/Kiritimati")
    assert Settings().as_of == soon - timedelta(hours=14)


def test_clock_without_a_zone_is_in_the_business_zone(monkeypatch):
    monkeypatch.setenv("NORTHSTAR_AS_OF", "2026-07-01T00:30:00")
    monkeypatch.setenv("NORTHSTAR_TIMEZONE", "Europe/Paris")
    assert Settings().as_of == datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    # Given by the code as well as by the environment.
    assert Settings(as_of=datetime(2026, 7, 1, 0, 30)).as_of == datetime(2026, 6, 30, 22, 30, tzinfo=UTC)  # noqa: DTZ001


def test_folders_follow_home(monkeypatch, folder):
    settings = Settings()
    assert settings.home == folder / "data"
    assert settings.landing == folder / "data" / "landing"
    assert settings.published == folder / "data" / "published"
    monkeypatch.setenv("NORTHSTAR_HOME", "elsewhere")
    settings = Settings()
    assert settings.landing == folder / "elsewhere" / "landing"
    assert settings.published_path == folder / "elsewhere" / "published" / "northstar.duckdb"
    assert settings.vault_path == folder / "elsewhere" / "vault.duckdb"
    assert settings.warehouse_path == folder / "elsewhere" / "warehouse.duckdb"
    assert settings.formats_path == folder / "elsewhere" / "formats"


def test_folders_of_ones_own_are_relative_to_the_working_directory(monkeypatch, folder):
    monkeypatch.setenv("NORTHSTAR_HOME", str(folder / "home"))
    monkeypatch.setenv("NORTHSTAR_LANDING", "drop")
    monkeypatch.setenv("NORTHSTAR_PUBLISHED", str(folder / "out"))
    settings = Settings()
    assert (settings.landing, settings.published) == (folder / "drop", folder / "out")


def test_the_working_directory_itself_can_be_a_folder(monkeypatch, folder):
    monkeypatch.setenv("NORTHSTAR_HOME", str(folder.parent / "home"))
    monkeypatch.setenv("NORTHSTAR_PUBLISHED", ".")
    assert Settings().published == folder


def test_home_of_the_user(monkeypatch):
    monkeypatch.setenv("NORTHSTAR_HOME", "~/shop")
    assert Settings().home == Path.home() / "shop"


@pytest.mark.parametrize("landing", [".", "data"])
def test_landing_must_not_hold_our_own_files(monkeypatch, landing):
    monkeypatch.setenv("NORTHSTAR_LANDING", landing)
    message = refusal()
    assert message.startswith("NORTHSTAR_LANDING is '")
    assert "does not hold NORTHSTAR_HOME" in message


def test_landing_must_not_hold_what_is_published(monkeypatch):
    monkeypatch.setenv("NORTHSTAR_LANDING", "exchange")
    monkeypatch.setenv("NORTHSTAR_PUBLISHED", "exchange/out")
    assert "does not hold NORTHSTAR_PUBLISHED" in refusal()


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("NORTHSTAR_CURENCY", "NORTHSTAR_CURRENCY"),
        ("NORTHSTAR_ASOF", "NORTHSTAR_AS_OF"),
        ("NORTHSTAR_MIN_RESPONSE", "NORTHSTAR_MIN_RESPONSES"),
        ("NORTHSTAR_TIME_ZONE", "NORTHSTAR_TIMEZONE"),
        ("northstar_counting", "NORTHSTAR_COUNTING"),
    ],
)
def test_misspelt_variable_is_refused(monkeypatch, folder, name, nearest):
    monkeypatch.setenv(name, "EUR")
    assert refusal() == f"{name} is not a setting; the nearest one is {nearest}."
    monkeypatch.delenv(name)
    file = folder / "data" / SETTINGS_FILE
    file.parent.mkdir()
    file.write_text(f"{name}=EUR\n")
    assert refusal() == f"{name} in data/{SETTINGS_FILE} is not a setting; the nearest one is {nearest}."


def test_the_tests_own_variables_are_allowed(monkeypatch):
    monkeypatch.setenv("NORTHSTAR_TEST_ANYTHING", "1")
    monkeypatch.setenv("NORTHSTARS", "not ours")
    assert Settings().currency is None


def test_settings_cannot_be_changed():
    with pytest.raises(Exception, match="frozen"):
        Settings().counting = "all"
