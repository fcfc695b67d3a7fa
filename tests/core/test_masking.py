"""Free text as it is published: no e-mail address, no phone number, and other numbers as they were."""

from __future__ import annotations

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.warehouse.connection import set_pseudonym
from pipelines.warehouse.sql_files import SQL, statements


@pytest.fixture(scope="module")
def mask():
    with duckdb.connect() as connection:
        set_pseudonym(connection, b"a salt for the tests")
        connection.execute(statements("macros/core"))
        yield lambda text: connection.execute("SELECT masked_text($1)", [text]).fetchone()[0]


@pytest.mark.parametrize(
    "address",
    ["a@x.test", "First.Last+tag@mail.example.co.uk", "o'neil@x.test", "jürgen@müller.de", "user@localhost",
     "jo (at) example.com", "jo[AT]example.com"],
)  # fmt: skip
def test_addresses_are_masked(mask, address):
    assert mask(f"write to {address}, please") == "write to [e-mail], please"
    assert "@" not in mask(f"<{address}>")


@pytest.mark.parametrize(
    "number",
    ["+49 170 1234567", "+49 (0) 170 1234567", "+1 (555) 123-4567", "(555) 123-4567", "555-123-4567", "555.123.4567",
     "555-1234", "1-800-555-1234", "5551234567", "0170/1234567", "01701234567", "0044 20 7946 0958",
     "+33 6 12 34 56 78", "06 12 34 56 78", "06.12.34.56.78",
     "612 345 678", "612345678", "98765 43210", "12 34 56 78", "6123 4567",
     "+1\u00a0555\u00a0123\u00a04567", "+44 20\u20117946\u20110958", "4111 1111 1111 1111"],
)  # fmt: skip
def test_phone_numbers_are_masked(mask, number):
    assert mask(f"call {number} please") == "call [phone] please"
    assert mask(number) == "[phone]"


def test_seven_digits_are_a_phone_number_after_a_word_that_says_so(mask):
    assert mask("Tel. 555 1234, mobile: 5551234") == "Tel. [phone], mobile: [phone]"


@pytest.mark.parametrize(
    "text",
    ["order 1001", "order 1000234 is late", "order #100023456 and #1001-22", "invoice 2024-000123", "10002345",
     "on 2024-05-01 at 10:30", "01.05.2024 or 5/31/2024", "from 2023-2024", "1.299,00 €, not 1299.00 EUR",
     "$12,999.00", "12 999,50 euros", "EUR 1234567", "49.99", "10/10, 5 stars, size 38-40", "ten of 10", "AB12345678",
     "2 @ 5 EUR", "24/7 at 100%"],
)  # fmt: skip
def test_other_numbers_survive(mask, text):
    assert mask(text) == text


def test_numbers_of_both_sorts_in_one_text(mask):
    text = "Ordered #1001 on 2024-05-01 for 49.99 EUR; call 0170 1234567, 20 EUR, or me@x.test"
    assert mask(text) == "Ordered #1001 on 2024-05-01 for 49.99 EUR; call [phone], 20 EUR, or [e-mail]"


def test_null_stays_null(mask):
    assert mask(None) is None
    assert mask("") == ""


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.text(), st.integers(10**8, 10**14), st.text()), min_size=20))
def test_long_numbers_and_addresses_never_survive_among_other_characters(mask, cases):
    """Unless they touch a letter, a digit or a sign that makes them money or an order number."""
    masked = mask("\n".join(f"{before} ; {number} ; x@y {after}" for before, number, after in cases))
    assert not any(f"; {number} ;" in masked for _, number, _ in cases)
    assert "x@y" not in masked


@pytest.mark.parametrize(
    "question",
    ["Name", "First name", "What is your name?", "Your full name:", "Nachname", "Ihr Name", "Prénom", "Votre nom",
     "Nombre", "¿Cuál es su nombre?", "Cognome", "Qual é o seu nome?", "Wat is uw naam?", "Phone number",
     "Telefonnummer", "What's your e-mail?", "your_email", "Shipping address", "Adresse", "Date of birth",
     "IP Address", "Postleitzahl"],
)  # fmt: skip
def test_a_question_that_asks_who_somebody_is(mask_question, question):
    assert mask_question(question)


@pytest.mark.parametrize(
    "question",
    ["Why?", "How did you hear of us?", "Would you buy again?", "Which brand name comes to mind first?",
     "Was war der Grund?", "How was the phrase on the box?", "Qualité", "Nominate a product",
     "Did we address your problem?", "order_id"],
)  # fmt: skip
def test_a_question_that_asks_something_else(mask_question, question):
    assert not mask_question(question)


@pytest.fixture(scope="module")
def mask_question():
    with duckdb.connect() as connection:
        set_pseudonym(connection, b"a salt for the tests")
        connection.execute(statements("macros/core"))
        yield lambda text: connection.execute("SELECT asks_for_identity($1)", [text]).fetchone()[0]


@pytest.fixture(scope="module")
def mask_value():
    with duckdb.connect() as connection:
        set_pseudonym(connection, b"a salt for the tests")
        connection.execute(statements("macros/core"))
        yield lambda text: connection.execute("SELECT masked_value($1)", [text]).fetchone()[0]


@pytest.mark.parametrize(
    "value",
    ["9/9/25 18:01", "12/11/25 18:01:59", "03.06.2026 09:12", "2026-06-03T09:12:07+02:00", "3/12/2025 2:21 PM",
     "Jun 5, 2025, 3:04:05 PM", "Jun-05-25", "5 juin 2025 14:05",
     "5 de junio de 2025", "Mon, 23 Sep 2024 14:21:24 CEST",
     "2020/10/30 3:08:44 p. m. GMT-4", "6/9/26 11:07:29 AM EST", "5. März 2025 08:00", "31/02/2026",
     "R$ 1.234,56", "kr 1 234,50", "US$12.50", "($11.00)", "12.50-", "1,23,456.00", "1'234.50", "CHF 1’234.50",
     "S/ 12.50", "12.50 TL", "150.000", "1,249.00", "5.93530E+12", "4,687E+11", "11", "9.5"],
)  # fmt: skip
def test_refused_days_and_amounts_are_shown_as_they_stand(mask_value, value):
    assert mask_value(value) == value
    assert check_of_masks(value) == []


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("yesterday", "xxxxxxxxx"),
        ("Jan", "xxx"),
        ("May Sample 12", "xxx xxxxxx 12"),
        ("Jan 5 Sample Street", "xxx 5 xxxxxx xxxxxx"),
        ("+33 6 12 34 56 78", "+#"),
        ("06.12.34.56.78", "#"),
        ("612 345 678", "#"),
        ("1234567890", "#"),
        ("6124570001111.0", "#"),
        ("ann@example.com", "xxx@xxxxxxx.xxx"),
        ("10115 EUR street", "10115 xxx xxxxxx"),
        ("EUR 491701234567", "xxx #"),
    ],
)
def test_other_refused_values_are_masked(mask_value, value, shown):
    assert mask_value(value) == shown
    assert check_of_masks(shown) == []


def check_of_masks(value):
    """What the check of ops.rejected finds in a value as it is shown."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE SCHEMA ops; CREATE TABLE ops.rejected (file_id VARCHAR, row_number BIGINT, column_name VARCHAR, "
            "value VARCHAR, record JSON)"
        )
        connection.execute("INSERT INTO ops.rejected VALUES ('f', 1, 'c', $1, NULL)", [value])
        return connection.sql((SQL / "checks" / "ops_rejected_masked.sql").read_text()).fetchall()
