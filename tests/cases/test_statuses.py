"""Order statuses end to end: the words of real exports, what the operator adds, and what is told of the rest."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from copied_files import put_empty_files
from shared_files import case

from pipelines.core.conform import conform
from pipelines.raw.load import load
from pipelines.settings import Settings, SettingsError
from pipelines.warehouse.connection import opened

HEADER = "order_id,ordered_at,total,currency,customer_email,status\n"
SHOPIFY = (
    "Name,Email,Financial Status,Created at,Currency,Total,Lineitem quantity,Lineitem name,Lineitem price,"
    "Cancelled at\n"
)
ORDERS = "SELECT order_id, status, is_cancelled, net FROM core.orders ORDER BY order_id"
UNKNOWN = "SELECT subject, records, money, example FROM ops.doubts WHERE doubt = 'unknown_status' ORDER BY subject"

NO_REVENUE = [
    "Annulé",
    "ANNULEE",
    "annulé",
    "Storniert",
    "Bestellung storniert",
    "Cancelado",
    "Pedido anulado",
    "Annullato",
    "wc-cancelled",
    "Order_Canceled",
    "Geannuleerd",
    "Rejected",
    "void",
    "Charge-back",
    "En attente de paiement",
    "Zahlung ausstehend",
    "Pendiente de pago",
    "In attesa di pagamento",
    "Aguardando pagamento",
    "Mislukt",
    "PaymentError",
    "Échec",
    "Abgebrochen",
    "Pending payment",
    "Draft",
    "TEST",
    "Testbestellung",
    "Refunded",
    "Retourné",
    "Rückerstattet",
]
COUNTING = [
    "Paid",
    "wc-completed",
    "In Bearbeitung",
    "Expédiée",
    "Enviado",
    "On-Hold",
    "on_hold",
    "Zugestellt",
    "partially_refunded",
    "Nachnahme",
    "contre remboursement",
    "Partially Returned",
    "verzonden",
    "Pagamento aceite",
    "em separação",
    "",
    "—",
]


@pytest.fixture
def settings(tmp_path):
    made = Settings(home=tmp_path, salt="a salt for the tests", currency="EUR", as_of=datetime(2026, 6, 1, tzinfo=UTC))
    made.landing.mkdir()
    put_empty_files(made)
    return made


def night(settings, query=ORDERS):
    with opened(settings) as connection:
        load(connection, settings)
        conform(connection, settings)
        return connection.sql(query).fetchall()


def canonical(settings, *words):
    rows = (f"{n:02},2025-05-01 10:00,10.00,EUR,s{n}@shop.test,{word}\n" for n, word in enumerate(words))
    (settings.landing / "orders.csv").write_text(HEADER + "".join(rows))


def test_the_sixteen_words(settings):
    for file in case("status_words"):
        shutil.copy(file, settings.landing)
    revenue = {"S4"}  # On Hold counts; returned (S9) was given back
    rows = night(settings)
    assert len(rows) == 16
    assert {order for order, _, _, net in rows if net} == revenue
    assert {order for order, _, is_cancelled, net in rows if not net and not is_cancelled} == {"S9"}
    assert night(settings, UNKNOWN) == []


def test_words_without_revenue(settings):
    canonical(settings, *NO_REVENUE)
    assert [(status, net) for _, status, _, net in night(settings)] == [(word.lower(), 0) for word in NO_REVENUE]
    assert night(settings, UNKNOWN) == []


def test_words_that_count(settings):
    canonical(settings, *COUNTING)
    counted = {
        word: (is_cancelled, net) for word, (_, _, is_cancelled, net) in zip(COUNTING, night(settings), strict=True)
    }
    assert counted == dict.fromkeys(COUNTING, (False, 10))
    assert night(settings, UNKNOWN) == []


def test_a_word_that_nobody_knows_counts_and_is_told_with_its_money(settings):
    canonical(settings, "paid", "Gezwirbelt", "gezwirbelt ", "pending", "cancelled")
    assert [net for *_, net in night(settings)] == [10, 10, 10, 10, 0]
    assert night(settings, UNKNOWN) == [
        ("gezwirbelt", 2, Decimal("20.00"), "01"),
        ("pending", 1, Decimal("10.00"), "03"),
    ]


def test_pending_means_what_the_format_says(settings):
    (settings.landing / "shopify.csv").write_text(
        SHOPIFY + "#1,a@shop.test,pending,2025-05-01 10:00:00 +0000,EUR,10,1,Hat,10,\n"
    )
    canonical(settings, "pending")
    assert night(settings) == [("00", "pending", False, 10), ("shopify:#1", "pending", True, 0)]


def test_the_operators_words_replace_shipped_ones_without_reading_again(settings):
    canonical(settings, "Gezwirbelt", "On Hold", "declined", "pending")
    night(settings)
    (settings.home / "statuses.csv").write_text(
        "word;meaning;format\ngezwirbelt;cancelled;\non-hold;never_paid;\nDeclined;paid;\nPending;never_paid;canonical\n"
    )
    assert [net for *_, net in night(settings)] == [0, 0, 10, 0]
    assert night(settings, "SELECT count(*) FROM vault.raw.loads") == [(1,)]
    assert night(settings, UNKNOWN) == []
    (settings.home / "statuses.csv").unlink()
    assert [net for *_, net in night(settings)] == [10, 10, 0, 10]


def test_the_row_of_a_source_holds_for_its_formats_and_the_row_of_a_format_goes_before_it(settings):
    (settings.landing / "shopify.csv").write_text(
        SHOPIFY + "#1,a@shop.test,odd,2025-05-01 10:00:00 +0000,EUR,10,1,Hat,10,\n"
    )
    canonical(settings, "odd")
    (settings.home / "statuses.csv").write_text("word,format,meaning\nodd,,test\nodd,shopify,paid\n")
    assert [(order, net) for order, _, _, net in night(settings)] == [("00", 0), ("shopify:#1", 10)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("word,meaning\nodd,payed\n", "row 2, column meaning is 'payed'; allowed is paid, open, cancelled,"),
        ("word,meaning\n--,paid\n", "row 2, column word is '--'; allowed is the status as the export writes it."),
        ("word,language,meaning\nodd,English,paid\n", "row 2, column language is 'English'; allowed is empty, or"),
        ("word,format,meaning\nodd,shopfy,paid\n", "row 2, column format is 'shopfy'; allowed is empty (all), or"),
        ("word,meaning\nOdd,paid\nodd,test\n", "row 3, column meaning is 'test'; allowed is one meaning per word"),
        ("status,meaning\n", "row 1 is 'status,meaning'; allowed is the header word,language,format,"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_operators_file_is_named_and_nothing_is_written(settings, text, message):
    canonical(settings, "paid")
    file = settings.home / "statuses.csv"
    file.write_text(text)
    with opened(settings) as connection:
        load(connection, settings)
        with pytest.raises(SettingsError) as caught:
            conform(connection, settings)
        assert f"{file}, {message}" in str(caught.value)
        assert connection.sql("SELECT count(*) FROM core.orders").fetchall() == [(0,)]


def test_a_refund_of_no_stated_amount_is_the_whole_total(settings):
    (settings.landing / "orders.csv").write_text(
        "order_id,ordered_at,total,status,refunded\n"
        "1,2025-05-01,10,returned,\n2,2025-05-01,10,refunded,0\n3,2025-05-01,10,refunded,4\n4,2025-05-01,10,paid,4\n"
    )
    assert [net for *_, net in night(settings)] == [0, 0, 6, 6]
