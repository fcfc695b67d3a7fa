"""The lexicon of order statuses: one meaning per word, the same words in all languages, known formats."""

from __future__ import annotations

import csv

import duckdb
import pytest

from pipelines.core.statuses import MEANINGS, SHIPPED, _formats, read_statuses
from pipelines.settings import Settings
from pipelines.warehouse.connection import set_pseudonym
from pipelines.warehouse.sql_files import statements

ROWS = list(csv.DictReader(SHIPPED.read_text(encoding="utf-8").splitlines()))
LANGUAGES = {"en", "de", "fr", "es", "it", "pt", "nl"}


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect(":memory:") as opened:
        set_pseudonym(opened, b"a salt for the tests")
        opened.execute(statements("macros/core"))
        yield opened


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    return Settings(home=tmp_path_factory.mktemp("home"), salt="a salt for the tests")


def test_every_word_has_one_meaning_per_format(connection, settings):
    words = read_statuses(connection, settings)
    assert words.height == len(ROWS) == words.select("word", "format").unique().height
    assert words["word"].null_count() == 0


def test_every_language_has_words_of_every_meaning():
    assert {(row["language"], row["meaning"]) for row in ROWS if not row["format"]} == {
        (language, meaning) for language in LANGUAGES for meaning in MEANINGS
    }


def test_formats_that_the_list_names_exist(settings):
    assert {row["format"] for row in ROWS} - _formats(settings) == {""}


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("wc-on-hold", "onhold"),
        ("On Hold", "onhold"),
        ("on_hold ", "onhold"),
        ("ANNULÉ", "annule"),
        ("Rückbuchung", "ruckbuchung"),
        ("Auf Maß", "aufmass"),
        ("1. Mahnung!", "1mahnung"),
        ("—", None),
        (None, None),
    ],
)
def test_words_are_compared_without_case_accents_and_signs(connection, status, word):
    assert connection.sql("SELECT status_word($1)", params=[status]).fetchall() == [(word,)]


@pytest.mark.parametrize(
    ("word", "alone"), [("ordercancelled", "cancelled"), ("commandeannulee", "annulee"), ("reorderstop", "reorderstop")]
)
def test_the_noun_is_taken_off_at_the_ends(connection, word, alone):
    assert connection.sql("SELECT without_noun($1)", params=[word]).fetchall() == [(alone,)]
