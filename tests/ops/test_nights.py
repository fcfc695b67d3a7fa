"""The record of a night: why its first month was stale, in words."""

from __future__ import annotations

from datetime import date

import pytest
from warehouse.small_warehouse import computed_warehouse, make_settings

from pipelines.figures.compute import stale_range
from pipelines.ops import nights

JANUARY = date(2024, 1, 1)
NIGHT = nights.Run("night", "run", "ingest", 1.0)


@pytest.fixture
def computed(tmp_path):
    """The small warehouse with every figure computed, at its second night."""
    with computed_warehouse(tmp_path) as (connection, settings):
        nights.begun(connection, NIGHT)
        yield connection, settings


def reason(connection, settings):
    """The first stale month and why, as the night notes them."""
    nights.conformed(connection, NIGHT, settings, stale_range(connection, settings))
    return connection.sql("SELECT first_stale_month, because FROM ops.nights").fetchall()


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("fingerprint", "words"),
    [
        ("'0000-' || split_part(fingerprint, '-', 2)", "program changed"),
        ("split_part(fingerprint, '-', 1) || '-0000'", "settings changed"),
        ("'0000-0000'", "program and settings changed"),
        # As releases before this one wrote it.
        ("'0123456789abcdef'", "program changed"),
    ],
)
def test_a_changed_program_is_distinguished_from_changed_settings(computed, fingerprint, words):
    connection, settings = computed
    connection.execute(
        f"UPDATE ops.computed SET fingerprint = {fingerprint} WHERE month = '2024-01-01' AND table_name = 'nps.alarm'"
    )
    assert reason(connection, settings) == [(JANUARY, words)]


def test_settings_of_some_tables(computed):
    connection, settings = computed
    other = make_settings(settings.home, confidence=0.9)
    assert reason(connection, other) == [(date(2023, 11, 1), "settings changed")]


def test_the_open_month_is_always_stale(computed):
    assert reason(*computed) == [(date(2024, 3, 1), "the month is open")]
