"""Settings from {HOME}/northstar.env: how it is found and read, and what overrides it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from pipelines.settings import PREFIX, SETTINGS_FILE, Settings, SettingsError


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


def write(folder, text):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / SETTINGS_FILE).write_text(text)


def test_file_in_the_home(monkeypatch, folder):
    write(
        folder / "shop",
        "# a comment\nNORTHSTAR_CURRENCY=EUR\nexport NORTHSTAR_TIMEZONE='Europe/Paris'\n"
        "NORTHSTAR_AS_OF=2026-07-01T00:30:00\nNORTHSTAR_ORDER_VALUE_BANDS=10,20\nTZ=Asia/Tokyo\n",
    )
    assert Settings().currency is None
    monkeypatch.setenv("NORTHSTAR_HOME", "shop")
    settings = Settings()
    assert settings.currency == "EUR"
    assert settings.timezone == "Europe/Paris"
    assert settings.as_of == datetime(2026, 6, 30, 22, 30, tzinfo=UTC)
    assert settings.order_value_bands == (10, 20)
    assert settings.file_path == folder / "shop" / SETTINGS_FILE


def test_environment_wins_over_the_file_and_arguments_over_both(monkeypatch, folder):
    write(folder / "data", "NORTHSTAR_CURRENCY=EUR\nNORTHSTAR_COUNTING=all\nNORTHSTAR_CONFIDENCE=0.9\n")
    monkeypatch.setenv("NORTHSTAR_CURRENCY", "USD")
    monkeypatch.setenv("NORTHSTAR_CONFIDENCE", "0.8")
    settings = Settings(confidence=0.7)
    assert (settings.currency, settings.counting, settings.confidence) == ("USD", "all", 0.7)
    # An empty variable of the environment does not hide the file's.
    monkeypatch.setenv("NORTHSTAR_CURRENCY", "")
    assert Settings().currency == "EUR"


def test_wrong_value_in_the_file(folder):
    write(folder / "data", "NORTHSTAR_ORDER_VALUE_BANDS=25,fifty\n")
    assert refusal().startswith("NORTHSTAR_ORDER_VALUE_BANDS is '25,fifty'; allowed is growing")


def test_home_cannot_be_set_in_the_file_it_locates(folder):
    write(folder / "data", "NORTHSTAR_HOME=/elsewhere\n")
    assert re.search(r"NORTHSTAR_HOME stands in .*northstar\.env", refusal())


def test_file_that_is_no_text(folder):
    (folder / "data").mkdir()
    (folder / "data" / SETTINGS_FILE).write_bytes(b"NORTHSTAR_CURRENCY=\xff\xfe\n")
    assert "is not UTF-8 text" in refusal()
