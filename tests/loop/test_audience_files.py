"""The files with addresses: what they hold, that no spreadsheet runs it, and that forgotten people leave them."""

from __future__ import annotations

import csv
import hashlib

import polars as pl
import pytest
from click.testing import CliRunner
from copied_files import put_empty_files
from core.vault import Vault, customer, file, invitation, order, response, settings_for, who

from assets.cli import main
from pipelines.core.conform import conform
from pipelines.loop.audience_files import FOLDER, SURVEYS, WRITTEN, is_private, neutralised, write
from pipelines.loop.definitions import AUDIENCES
from pipelines.raw.erasure.request import forget
from pipelines.warehouse.connection import opened

ANN, BOB, CID, DEE = "ann@x.test", "bob@x.test", "cid@x.test", "+dee@x.test"
# Two addresses are one person, named by the lesser one.
ANNS = who("ann.new@x.test")
MEMBERS = [(ANN, "score 9 on 2025-12-01"), (BOB, "=1+1"), (DEE, 'said "no",\nthen left'), ("shopify:9", "by id")]


def hashed(text):
    return hashlib.sha256(text.encode()).hexdigest()


@pytest.fixture
def made(tmp_path):
    """A home with four people, an audience of them, and Ann due today."""
    settings = settings_for(tmp_path / "home", country="DE")
    put_empty_files(settings)
    with opened(settings) as connection:
        Vault(connection).load(
            file(
                order("1", (ANN, "7"), "2025-05-01", customer_name="Ann Old", customer_phone="030 123456"),
                customer("Ann.New@x.test", customer_id="7", customer_name="Ann Lee", updated_at=None),
                response("r", "ann.new@x.test", "2025-12-01", 9),
                order("2", BOB, "2025-05-01", customer_name="@SUM(A1) Bob Ray"),
                invitation("i", DEE, "2025-05-02"),
            ),
            file(order("3", "9", "2025-05-01"), source="shopify"),
        )
        conform(connection, settings)
        for name, reason in MEMBERS:
            connection.execute(
                "INSERT INTO loop.audiences VALUES ('2025-12-01', 'promoters_review', $1, $2)",
                [ANNS if name == ANN else who(name), reason],
            )
        connection.execute(
            "INSERT INTO loop.survey_plan VALUES "
            "('2025-12-01', $1, 'relational', 'again', '2025-12-31', NULL, NULL), "
            "('2025-12-01', $2, 'relational', 'again', '2025-12-31', 'refused', NULL), "
            "('2025-12-01', $2, 'relational', 'again', '2025-12-30', NULL, NULL)",
            [ANNS, who(BOB)],
        )
        yield connection, settings


def read(settings, name):
    """Header and rows as a tool reads them."""
    with (settings.published / FOLDER / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.reader(lines))


def test_an_audience_as_klaviyo_and_mailchimp_name_its_columns(made):
    connection, settings = made
    write(connection, settings)
    header, *rows = read(settings, "promoters_review.csv")
    assert header == ["Email Address", "First Name", "Last Name", "Tags", "Customer ID", "Reason"]
    by_address = {row[0]: row[1:] for row in rows}
    # Her newest address and the name of the account; formulas begin with an apostrophe, whoever has no address is out.
    tag = "promoters_review"
    assert by_address == {
        "ann.new@x.test": ["Ann", "Lee", tag, ANNS, "score 9 on 2025-12-01"],
        BOB: ["'@SUM(A1)", "Bob Ray", tag, who(BOB), "'=1+1"],
        f"'{DEE}": ["", "", tag, who(DEE), 'said "no",\nthen left'],
    }


def test_the_hashed_variant_is_sha256_of_address_and_number_in_metas_form(made):
    connection, settings = made
    write(connection, settings)
    header, *rows = read(settings, "promoters_review.meta.csv")
    assert header == ["email", "phone"]
    assert sorted(rows) == sorted(
        [[hashed("ann.new@x.test"), hashed("4930123456")], [hashed(BOB), ""], [hashed(DEE), ""]]
    )


def test_no_file_holds_a_phone_number_and_all_are_private(made):
    connection, settings = made
    files = write(connection, settings)
    folder = settings.published / FOLDER
    assert {path.name for path in folder.iterdir()} == {WRITTEN, *(file.path.name for file in files)}
    assert len(files) == 2 * len(AUDIENCES) + len(SURVEYS) + 1
    assert all(is_private(path) for path in (folder, *folder.iterdir()))
    assert not any("123456" in file.path.read_text() for file in files)
    [review] = [file for file in files if file.path.name == "promoters_review.csv"]
    assert (review.rows, review.without_address) == (3, 1)


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("tool", "header"),
    [
        ("retently", ["Email", "First Name", "Last Name", "Stage", "Occasion", "Customer ID"]),
        ("delighted", ["Email", "Name", "Stage", "Occasion", "Customer ID"]),
        ("klaviyo", ["Email Address", "First Name", "Last Name", "Stage", "Occasion", "Customer ID"]),
        ("generic", ["customer_email", "customer_name", "customer_id", "stage", "reason", "due_date"]),
    ],
)
def test_the_survey_plan_of_the_day_in_the_form_of_each_tool(made, tool, header):
    connection, settings = made
    write(connection, settings)
    names, *rows = read(settings, f"survey_plan.{tool}.csv")
    assert names == header
    [row] = rows
    assert row[0] == "ann.new@x.test"
    assert ANNS in row


def test_the_queue_of_people_to_reply_to(made):
    connection, settings = made
    for number, status, name in (
        (1, "open", ANNS),
        (2, "held_out", who(BOB)),
        (3, "overdue", who(BOB)),
        (4, "open", None),
    ):
        connection.execute(
            "INSERT INTO loop.follow_ups BY NAME SELECT DATE '2025-12-01' AS month, 'r' || $1 AS response_id, "
            "$3 AS customer_id, 'detractor' AS category, 3 AS score, '-5 stars' AS comment, false AS is_urgent, "
            "true AS is_latest, TIMESTAMPTZ '2025-12-30 09:00:00+00' AS responded_at, "
            "TIMESTAMPTZ '2026-01-01 09:00:00+00' AS due_at, $2 AS status, $2 = 'held_out' AS is_held_out, "
            "10 - $1 AS priority",
            [number, status, name],
        )
    write(connection, settings)
    header, *rows = read(settings, "follow_ups.csv")
    shown = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(row["Email Address"], row["Status"], row["Response ID"]) for row in shown] == [
        (BOB, "overdue", "r3"),
        ("ann.new@x.test", "open", "r1"),
    ]
    assert (shown[0]["Comment"], shown[0]["Due"]) == ("'-5 stars", "2026-01-01 09:00")


def test_what_a_spreadsheet_takes_for_a_formula_is_read_back_without_the_apostrophe():
    texts = ["=1+1", "+49", "-2", "@SUM(A1)", "\tx", "\rx", "plain", "a=b", "'quoted", "", None]
    safe = pl.DataFrame({"text": texts}).select(neutralised("text"))["text"].to_list()
    assert safe == ["'=1+1", "'+49", "'-2", "'@SUM(A1)", "'\tx", "'\rx", "plain", "a=b", "'quoted", "", None]


def test_text_survives_the_file(made, tmp_path):
    connection, settings = made
    odd = '\rcarriage, "quotes"\nand lines \u00fc\u20ac'
    connection.execute("UPDATE loop.audiences SET reason = $1", [odd])
    write(connection, settings)
    assert {row[-1] for row in read(settings, "promoters_review.csv")[1:]} == {f"'{odd}"}


def test_files_of_audiences_that_are_no_more_are_removed_and_others_stay(made):
    connection, settings = made
    write(connection, settings)
    folder = settings.published / FOLDER
    note = folder / WRITTEN
    note.write_text(note.read_text().replace("]", ', "gone.csv"]'))
    for name in ("gone.csv", "mine.csv", ".promoters_review.csv.77"):
        (folder / name).write_text("x")
    write(connection, settings)
    assert [(folder / name).exists() for name in ("gone.csv", "mine.csv", ".promoters_review.csv.77")] == [
        False,
        True,
        False,
    ]


@pytest.mark.first(1)
@pytest.mark.parametrize(("person", "address"), [(ANN, "ann.new@x.test"), (BOB, BOB), (DEE, DEE)])
def test_a_forgotten_person_leaves_every_file_at_once(made, person, address):
    connection, settings = made
    write(connection, settings)
    folder = settings.published / FOLDER
    before = {path.name: read(settings, path.name) for path in folder.glob("*.csv")}
    forget(connection, settings, person)
    needles = (address, hashed(address))
    for name, (header, *rows) in before.items():
        kept = [row for row in rows if not any(needle in cell for needle in needles for cell in row)]
        assert read(settings, name) == [header, *kept]
        assert is_private(folder / name)
    assert not any(needle in path.read_text() for path in folder.glob("*.csv") for needle in needles)


def who_is(settings, *customers, given=None):
    env = {
        "NORTHSTAR_HOME": str(settings.home),
        "NORTHSTAR_SALT": settings.salt,
        "NORTHSTAR_AS_OF": settings.as_of.isoformat(),
    }
    return CliRunner().invoke(main, ["who", *customers], input=given, env=env)


def test_whom_a_pseudonym_stands_for(tmp_path):
    settings = settings_for(tmp_path / "home")
    put_empty_files(settings)
    with opened(settings) as connection:
        Vault(connection).load(
            file(order("1", (ANN, "7"), "2025-05-01")), file(order("3", "9", "2025-05-01"), source="shopify")
        )
        conform(connection, settings)
    shown = who_is(settings, who(ANN), who("shopify:9"))
    assert shown.exit_code == 0
    assert sorted(shown.stdout.splitlines()) == sorted(
        [f"{who(ANN)}\te-mail\t{ANN}", f"{who(ANN)}\tid\t7", f"{who('shopify:9')}\tid\tshopify:9"]
    )
    assert who_is(settings, "-", given=f"{who(ANN)}\n\n").stdout.splitlines() == [
        f"{who(ANN)}\te-mail\t{ANN}",
        f"{who(ANN)}\tid\t7",
    ]
    unknown = who_is(settings, "nobody")
    assert unknown.exit_code == 1
    assert "nobody is known by nobody" in unknown.output
    # Nothing of it was published or logged.
    assert not settings.published.exists()
    assert not (settings.home / "dagster").exists()
