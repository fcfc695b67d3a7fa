"""Each survey tool's export as it comes, and all the canonical rows it gives: answers, invitations, reviews, refused
rows.

The rows are in expected/<sample>.json, one a line: the columns of a canonical row that are not NULL; row number, kind,
reason, column and value of a refused one. Here too: several exports of one survey. Not here: recognising a question by
its text (test_survey_questions.py); random shops through every format (test_vendor_responses.py).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable

import pytest

from tests.raw.conftest import EXPECTED, SAMPLES, Shop

Rows = list[dict[str, str]]
# Sample and business zone, in which times are shown.
ZONES = {
    "retently.json": "UTC",
    "retently_outbox.json": "UTC",
    "delighted.json": "UTC",
    "asknicely.json": "UTC",
    "wootric.json": "Europe/Paris",
    "surveymonkey.csv": "America/New_York",
    "surveymonkey_2012.csv": "UTC",
    "typeform.csv": "Asia/Tokyo",
    "typeform_2018.csv": "UTC",
    "typeform_api.json": "UTC",
    "google_forms.csv": "UTC",
    "google_sheet.csv": "Europe/Paris",
    "qualtrics.csv": "UTC",
    "qualtrics_numeric.tsv": "Europe/Paris",
    "thanx.csv": "UTC",
    "microsoft_forms.csv": "UTC",
    "alchemer.csv": "UTC",
    "formbricks.csv": "UTC",
    "judgeme.csv": "UTC",
    "loox.csv": "Europe/Paris",
    "shopify_reviews.csv": "America/New_York",
    "yotpo.csv": "Europe/Paris",
}


def records(shop: Shop, table: str) -> Rows:
    """All columns of a kind's rows but those that name the file, NULL ones left out."""
    columns = shop.connection.sql(
        "SELECT column_name FROM duckdb_columns() WHERE database_name = 'vault' AND schema_name = 'raw' "
        f"AND table_name = '{table}' ORDER BY column_index"
    ).fetchall()
    names = [name for (name,) in columns if name not in {"file_id", "file_event_at", "source"}]
    return [
        {name: str(value) for name, value in zip(names, row, strict=True) if value is not None}
        for row in shop.rows(table, *names)
    ]


def outcome(shop: Shop) -> dict[str, Rows | list[list[object]]]:
    """Rows by table, tables without rows left out."""
    refused = shop.rows("rejected", "row_number", "kind", "reason", "column_name", "value")
    tables: dict[str, Rows | list[list[object]]] = {
        "responses": records(shop, "responses"),
        "invitations": records(shop, "invitations"),
        "follow_ups": records(shop, "follow_ups"),
        "reviews_given": records(shop, "reviews_given"),
        "rejected": [list(row) for row in refused],
    }
    return {table: rows for table, rows in tables.items() if rows}


@pytest.mark.first(4)
@pytest.mark.parametrize(("sample", "zone"), ZONES.items())
def test_sample(make_shop: Callable[..., Shop], sample: str, zone: str) -> None:
    expected = json.loads((EXPECTED / f"{sample}.json").read_text())
    shop = make_shop(zone)
    shop.sample(sample)
    report = shop.load()
    assert outcome(shop) == expected
    assert report.files == {"loaded": 1}
    [(rows, accepted, rejected)] = shop.rows("files", "rows", "accepted", "rejected")
    assert int(str(rows)) == int(str(accepted)) + int(str(rejected))
    assert int(str(rejected)) == len(expected.get("rejected", []))


@pytest.mark.slow
def test_asknicely_csv_makes_the_rows_of_its_json(make_shop: Callable[..., Shop]) -> None:
    one, other = make_shop(), make_shop()
    one.sample("asknicely.json")
    other.sample("asknicely.csv")
    one.load()
    other.load()
    assert outcome(one) == outcome(other)
    assert outcome(one) != {}


@pytest.mark.slow
def test_a_survey_answered_after_an_earlier_export_is_one_invitation_and_one_answer(shop: Shop) -> None:
    sent = {"response_id": "9", "contact_id": "5", "email": "a@shop.example", "answer": "", "sent": "1614192119"}
    sent |= {"opened": "0", "responded": "0", "question_type": "nps"}
    answered = sent | {"answer": "7", "opened": "1614192200", "responded": "1614192300"}
    shop.drop("monday.json", json.dumps([sent]))
    shop.drop("tuesday.json", json.dumps([answered]))
    shop.load()
    newest = "SELECT invitation_id, opened FROM vault.raw.invitations QUALIFY row_number() OVER "
    newest += "(PARTITION BY source, invitation_id ORDER BY updated_at DESC NULLS LAST) = 1"
    assert shop.connection.sql(newest).fetchall() == [("9", True)]
    assert shop.rows("responses", "response_id", "score") == [("9", "7")]
    assert shop.rows("rejected", "reason") == []


@pytest.mark.first(1)
@pytest.mark.parametrize("name", ["surveymonkey.csv", "typeform.csv", "google_forms.csv", "qualtrics_numeric.tsv"])
def test_the_invitation_of_a_blank_row_has_the_id_its_answer_would_have(
    make_shop: Callable[..., Shop], name: str
) -> None:
    """Invitations and answers share one set of ids, so core can match an answer with its invitation."""
    shop = make_shop()
    shop.sample(name)
    shop.load()
    invited = {row[0] for row in shop.rows("invitations", "invitation_id")}
    answered = {row[0] for row in shop.rows("responses", "response_id")}
    assert invited
    assert not invited & answered


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("name", "column", "word", "is_finished"),
    [
        ("qualtrics.csv", "Finished", "True", True),
        ("qualtrics.csv", "Finished", "Vrai", True),
        ("qualtrics.csv", "Finished", "Falsch", False),
        ("typeform.csv", "Response Type", "completed", True),
        ("typeform.csv", "Response Type", "started", False),
        ("typeform.csv", "Response Type", "another word", False),
    ],
)
def test_answers_of_unfinished_surveys_are_partial(
    shop: Shop, name: str, column: str, word: str, is_finished: bool
) -> None:
    """The first answer of the sample, with another word in the column that says whether the survey was finished."""
    rows = list(csv.reader(io.StringIO((SAMPLES / name).read_text(), newline="")))
    first = 3 if name == "qualtrics.csv" else 1
    rows[first][rows[0].index(column)] = word
    text = io.StringIO(newline="")
    csv.writer(text).writerows(rows[: first + 1])
    shop.drop(name, text.getvalue())
    shop.load()
    assert (len(shop.rows("responses", "score")), shop.rows("rejected", "reason")) == (
        (1, []) if is_finished else (0, [("partial",)])
    )


def test_qualtrics_in_another_language_goes_by_progress(make_shop: Callable[..., Shop]) -> None:
    rows = list(csv.reader(io.StringIO((SAMPLES / "qualtrics.csv").read_text(), newline="")))
    found = []
    for progress in ("100", "60"):
        rows[3][rows[0].index("Finished")], rows[3][rows[0].index("Progress")] = "Kyllä", progress
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows[:4])
        shop = make_shop()
        shop.drop("q.csv", text.getvalue())
        shop.load()
        found.append((len(shop.rows("responses", "score")), shop.rows("rejected", "reason")))
    assert found == [(1, []), (0, [("partial",)])]


def test_delighted_edit_of_a_score_is_a_newer_version(shop: Shop) -> None:
    shop.sample("delighted.json")
    shop.load()
    assert shop.rows("responses", "response_id", "score", "updated_at")[1:] == [
        ("2", "9", None),
        ("2", "10", "2024-04-19 05:35:00+00"),
    ]


def test_retently_outbox_and_feedback_name_one_person(shop: Shop) -> None:
    shop.sample("retently_outbox.json")
    shop.drop("feedback.json", (SAMPLES / "retently.json").read_text().replace("Ana@Example.com", ""))
    shop.load()
    people = dict(shop.rows("identities", "identity", "person"))
    assert people["i:retently:5c1"] == people["e:ana@shop.example"]


@pytest.mark.slow
def test_google_form_exported_again_has_the_same_ids(make_shop: Callable[..., Shop]) -> None:
    """Also after the clocks changed, when the form's owner downloads it with another offset."""
    early, late = make_shop(), make_shop()
    text = (SAMPLES / "google_forms.csv").read_text()
    early.drop("october.csv", text)
    late.drop(
        "july.csv",
        text.replace("12:08:44 AM GMT+1", "1:08:44 AM GMT+2") + '"2021/07/01 1:00:00 AM GMT+2","","5","",""\n',
    )
    early.load()
    late.load()
    before = {row[0] for row in early.rows("responses", "response_id")}
    after = {row[0] for row in late.rows("responses", "response_id")}
    assert len(before) == 4
    assert after - before == {"2021-06-30T23:00:00-5-1"}
    assert before <= after
