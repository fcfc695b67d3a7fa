"""Drafts for exports of tools without a format: right, or unsure where they are not. The people are invented."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from raw.drafts import Drafted

WIX = (
    "Order number,Date created,Time,Contact email,Item,SKU,Quantity,Price,Delivery country,Billing name,"
    "Billing country,Payment status,Shipping rate,Total tax,Total,Currency,Refunded amount,Net amount,"
    "Fulfillment status\n"
    "101,2025-06-05,15:04,eva@shop.example,Cap,A,1,24,DE,Eva K,DE,Paid,5,4.6,44.50,EUR,0,44.50,Fulfilled\n"
    "101,2025-06-05,15:04,eva@shop.example,Mug,B,1,15,DE,Eva K,DE,Paid,5,4.6,44.50,EUR,0,44.50,Fulfilled\n"
    "102,2025-06-06,09:04,finn@shop.example,Cap,A,1,24,DE,Finn L,DE,Refunded,5,2,29.00,EUR,29.00,0.00,Canceled\n"
)
SHOPWARE = (
    "orderId;orderNumber;customerId;status;invoiceAmount;invoiceAmountNet;invoiceShipping;orderTime;currency\n"
    "15;20001;1;0;201,86;169,63;0,00;2025-08-30 10:15:54;EUR\n57;20002;3;0;38,31;32,19;0,00;2025-08-31 08:51:46;EUR\n"
)
LIGHTSPEED = (
    "Order_ID;Number;Created_At;Payment_Status;Email;Customer_ID;Total_Excl_VAT;Total_Incl_VAT;Shipping_Incl_VAT\n"
    "11;ORD001;2025-06-05 10:00:00;paid;eva@shop.example;5;40,50;49,01;5,00\n"
    "12;ORD002;2025-06-06 10:00:00;cancelled;finn@shop.example;6;20,00;24,20;5,00\n"
)
GERMAN = (
    "Bestellnummer;Bestelldatum;Kunde;E-Mail;Versandkosten;Zwischensumme;Gesamtbetrag;Bestellstatus;Storniert am\n"
    "B1;2025-06-05 10:00;Eva;eva@shop.example;4,90;44,10;49,00;Abgeschlossen;\n"
    "B2;2025-06-06 10:00;Finn;finn@shop.example;4,90;24,10;29,00;Offen;2025-06-07 10:00\n"
)
FRENCH = (
    "Référence;Date;Client;Total HT;Total TTC;État;Mail\nXKB;2025-06-05 10:00:00;Eva K;40,83;49,00;Livré;e@shop.example"
    "\nOHS;2025-06-06 10:00:00;Finn L;24,17;29,00;Annulé;f@shop.example\n"
)
STRIPE = (
    "id,Created date (UTC),Amount,Amount Refunded,Currency,Converted Amount,Fee,Status,Customer ID,Email,Mode\n"
    "ch_1,2025-06-05 10:00:00,49.00,0.00,eur,49.00,1.2,Paid,cus_1,eva@shop.example,Live\n"
    "ch_2,2025-06-06 10:00:00,29.00,29.00,eur,29.00,1.2,Refunded,cus_2,finn@shop.example,Test\n"
)
ITEMS = (
    "order_id,order_date,product_name,qty,item_total,customer_email\n1,2025-06-05,Cap,1,10.00,eva@shop.example\n"
    "1,2025-06-05,Mug,2,20.00,eva@shop.example\n2,2025-06-06,Mug,1,10.00,finn@shop.example\n"
)
ZOHO = (
    "Response ID,Response Status,Start Time,Completion Time,Time Taken,How likely are you to recommend us (0-10)?,"
    "Tell us why,Your email\n88001,Completed,2025-06-05 10:00,2025-06-05 10:03,180,9,ok,eva@shop.example\n"
    "88002,Partially completed,2025-06-06 10:00,2025-06-06 10:03,180,0,bad,finn@shop.example\n"
)
JOTFORM = (
    "Submission Date,Full Name,E-mail,Would you recommend us to a friend?,Please tell us why,IP,Submission ID\n"
    "2025-06-05 10:00:00,Eva K,eva@shop.example,9,ok,1.1.1.1,6001\n"
    "2025-06-06 10:00:00,Finn L,finn@shop.example,3,bad,1.1.1.1,6002\n"
)
SURVEYED = (
    "id,created_at,surveyed_at,score,customer_email\n1,2025-01-05 10:00,2025-06-05 10:01,9,eva@shop.example\n"
    "2,2025-01-06 10:00,2025-06-06 10:01,2,finn@shop.example\n"
)
CONTACTS = (
    "Record ID,First Name,Last Name,Email,Phone Number,Contact owner,Create Date,Lifecycle Stage,Number of Sessions\n"
    "501,Eva,K,eva@shop.example,+49 30 1234567,Ann,2025-01-05 10:00,customer,3\n"
    "502,Finn,L,finn@shop.example,+49 30 7654321,Ann,2025-02-05 10:00,lead,1\n"
)
REVIEWS = (
    "Review Created (UTC),Review Username,Review Title,Review Content,Review Stars,Reference Id,Customer Email\n"
    "2025-06-05T10:00:00Z,Eva,Nice,Good shop,5,A1,eva@shop.example\n"
    "2025-06-06T10:00:00Z,Finn,Bad,Slow,1,A2,finn@shop.example\n"
)
DAY_AND_TIME = (
    "Order ID,Customer ID,Customer Email,Order Date,Order Time,Order Status,Subtotal (ex tax),Tax Total,"
    "Order Total (inc tax),Order Total (ex tax),Refund Amount,Date Shipped,Order Currency Code\n"
    "100,5,eva@shop.example,2025-06-05,10:15:00,Completed,35.00,7.00,45.00,38.00,0.00,2025-06-07,EUR\n"
    "101,6,finn@shop.example,2025-06-06,11:15:00,Cancelled,16.00,4.00,25.00,21.00,25.00,,EUR\n"
)
TILL = (
    "Receipt number,Date,Gross sales,Net sales,Taxes,Total collected,Gross profit,Store,Cashier name,Customer name\n"
    "1-1001,2025-06-05 15:04,44.00,44.00,5.00,49.00,24.00,Main,Ann,Eva\n"
    "1-1002,2025-06-16 15:04,-10.00,-10.00,-1.00,-11.00,-5.00,Main,Ann,Eva\n"
)
SURVEY_TOOL = (
    "Response uuid,Date & Time (UTC),Respondent uuid,Email,Language,NPS score,NPS category,Comment,Completed\n"
    "a1,2025-06-05 10:00:00,r1,eva@shop.example,en,9,Promoter,nice,true\n"
    "a2,2025-06-06 10:00:00,r2,finn@shop.example,en,2,Detractor,slow,false\n"
)
PROFILES = (
    "Email,First Name,Last Name,Created,Last Open,Historic Customer Lifetime Value,Total Orders\n"
    "eva@shop.example,Eva,K,2025-01-05 10:00,2025-06-05 10:00,149.00,3\n"
    "finn@shop.example,Finn,L,2025-02-05 10:00,2025-06-06 10:00,49.00,1\n"
)
ITALIAN = (
    "Numero ordine,Data ordine,Nome cliente,Email,Totale,Spedizione,Sconto,Stato ordine,Valuta\n"
    "A1,2025-06-05 10:00,Eva,eva@shop.example,54.00,5.00,0.00,Spedito,EUR\n"
    "A2,2025-06-06 10:00,Finn,finn@shop.example,29.00,5.00,0.00,Annullato,EUR\n"
)

RIGHT = {
    "Wix": (WIX, "orders", {"order_id": "Order number", "ordered_at": "Time", "refunded": "Refunded amount"}),
    "Shopware": (SHOPWARE, "orders", {"order_id": "orderId", "ordered_at": "orderTime", "customer_id": "customerId"}),
    "Lightspeed": (LIGHTSPEED, "orders", {"order_id": "Order_ID", "total": "Total_Incl_VAT"}),
    "German": (GERMAN, "orders", {"order_id": "Bestellnummer", "total": "Gesamtbetrag", "status": "Storniert am"}),
    "French": (FRENCH, "orders", {"order_id": "Référence", "total": "Total TTC", "status": "État"}),
    "Stripe": (
        STRIPE,
        "orders",
        {"order_id": "id", "total": "Amount", "refunded": "Amount Refunded", "reject": "Mode"},
    ),
    "items": (ITEMS, "order_lines", {"order_id": "order_id", "quantity": "qty", "product": "product_name"}),
    "Zoho": (
        ZOHO,
        "responses",
        {"response_id": "Response ID", "responded_at": "Completion Time", "comment": "Tell us why"},
    ),
    "Jotform": (JOTFORM, "responses", {"response_id": "Submission ID", "score": "Would you recommend us to a friend?"}),
    "surveyed": (SURVEYED, "responses", {"response_id": "id", "responded_at": "surveyed_at", "score": "score"}),
    "contacts": (CONTACTS, "customers", {"customer_email": "Email", "registered_at": "Create Date"}),
    "day and time": (
        DAY_AND_TIME,
        "orders",
        {"order_id": "Order ID", "ordered_at": "Order Time", "total": "Order Total (inc tax)", "tax": "Tax Total"},
    ),
    "till": (TILL, "orders", {"order_id": "Receipt number", "ordered_at": "Date", "total": "Total collected"}),
    "survey tool": (
        SURVEY_TOOL,
        "responses",
        {"response_id": "Response uuid", "score": "NPS score", "comment": "Comment", "reject": "Completed"},
    ),
    "profiles": (PROFILES, "customers", {"customer_email": "Email", "registered_at": "Created"}),
    "Italian": (
        ITALIAN,
        "orders",
        {"order_id": "Numero ordine", "ordered_at": "Data ordine", "total": "Totale", "shipping": "Spedizione"},
    ),
    "reviews": (REVIEWS, "reviews_given", {"customer_email": "Customer Email", "given_at": "Review Created (UTC)"}),
}


@cache
def drafted_for(name: str) -> Drafted:
    """The draft for one of the exports above, made once."""
    with TemporaryDirectory() as folder:
        return drafted(Path(folder), RIGHT[name][0])


def drafted(tmp_path: Path, text: str) -> Drafted:
    path = tmp_path / "export.csv"
    path.write_text(text)
    return Drafted(path, tmp_path / "home")


@pytest.mark.first(3)
@pytest.mark.parametrize("name", RIGHT)
def test_a_draft_reads_the_right_columns(name: str) -> None:
    _, kind, columns = RIGHT[name]
    draft = drafted_for(name)
    assert draft.kind == kind
    assert {name: column for name, column in columns.items() if not draft.reads(name, column)} == {}


@pytest.mark.first(4)
@pytest.mark.parametrize(
    ("name", "line", "words"),
    [
        ("Wix", "total", '"Net amount"'),
        ("Wix", "status", '"Fulfillment status"'),
        ("Shopware", "order_id", '"orderNumber"'),
        ("Shopware", "total", '"invoiceAmountNet"'),
        ("Shopware", "status", "its values are numbers"),
        ("Lightspeed", "total", '"Total_Excl_VAT"'),
        ("French", "total", '"Total HT"'),
        ("surveyed", "responded_at", '"created_at"'),
        ("day and time", "ordered_at", '"Date Shipped"'),
        ("day and time", "total", '"Order Total (ex tax)"'),
        ("till", "total", "some are negative: refunds?"),
        ("Zoho", "responded_at", '"Start Time"'),
    ],
)
def test_what_could_be_meant_instead_is_named_and_the_line_unsure(name: str, line: str, words: str) -> None:
    draft = drafted_for(name)
    assert not draft.is_sure(line)
    assert words in draft.line(line)


def test_what_nothing_speaks_against_is_sure() -> None:
    draft = drafted_for("German")
    assert all(draft.is_sure(name) for name in ("order_id", "ordered_at", "total", "customer_email", "status"))


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("name", "money"),
    [
        ("Wix", [("EUR", 2, 73.5, 29.0)]),
        ("Shopware", [("EUR", 2, 240.17, 0.0)]),
        ("Lightspeed", [(None, 2, 73.21, 0.0)]),
        ("Stripe", [("EUR", 1, 49.0, 0.0)]),
    ],
)
def test_money_of_the_trial(name: str, money: list[tuple[str | None, int, float, float]]) -> None:
    loaded = drafted_for(name).loaded
    assert [(one.currency, one.orders, one.total, one.refunded) for one in loaded.money] == money


def test_an_item_with_a_total_of_its_own_is_no_order() -> None:
    draft = drafted_for("items")
    assert "no column holds an order's total" in draft.text
    assert (draft.loaded.records, draft.loaded.money) == ({"order_lines": 3}, [])


@pytest.mark.slow
def test_equal_answers_without_an_id_are_all_kept_and_a_later_export_changes_no_id(tmp_path: Path) -> None:
    early = "nps,when\n9,05/06/2025 10:00\n9,05/06/2025 10:00\n2,06/06/2025 10:00\n"
    draft = drafted(tmp_path, early)
    assert 'unordered_time("when")' in draft.column("response_id")
    later = drafted(tmp_path, early + "10,13/06/2025 10:00\n")
    assert (later.column("response_id"), later.loaded.answers) == (draft.column("response_id"), 4)


def test_lines_of_an_invoice_are_lines_of_an_order(tmp_path: Path) -> None:
    draft = drafted(
        tmp_path,
        "Invoice,StockCode,Description,Quantity,InvoiceDate,Price,Customer ID\n"
        "489434,85048,CHRISTMAS GLASS BALL,12,2009-12-01 07:45:00,6.95,13085\n"
        "489434,79323,PINK CHERRY LIGHTS,12,2009-12-01 07:45:00,6.75,13085\n",
    )
    assert draft.kind == "order_lines"
    assert [draft.column(name) for name in ("order_id", "quantity", "unit_price", "sku")] == [
        '"Invoice"',
        '"Quantity"',
        '"Price"',
        '"StockCode"',
    ]


def test_unfinished_surveys_and_tests_are_refused() -> None:
    assert drafted_for("Zoho").loaded.reasons == [("partial", 1)]
    assert drafted_for("Stripe").loaded.reasons == [("test", 1)]


def test_stray_values_do_not_hide_a_score(tmp_path: Path) -> None:
    rows = [(9, "a"), ("n/a", "b"), (10, "c"), ("skip", "d"), (3, "e"), (7, "f"), (8, "g"), (0, "h")]
    text = "id,nps,when,mail\n" + "".join(f"{n},{s},2025-06-05,{who}@shop.example\n" for n, (s, who) in enumerate(rows))
    draft = drafted(tmp_path, text)
    assert draft.column("score") == '"nps"'
    assert "2 of 8 rows refused: not_a_score" in draft.line("score")
    assert not draft.is_sure("score")
    assert (draft.loaded.accepted, draft.loaded.nps) == (6, 0.0)


@pytest.mark.first(1)
@pytest.mark.parametrize(
    "name", ["rating", "How likely are you to recommend us?", "Wie wahrscheinlich empfehlen Sie uns?"]
)
def test_marks_out_of_five_are_no_recommendation_score(tmp_path: Path, name: str) -> None:
    marks = [5, 4, 5, 1, 3, 5, 5, 5, 2, 5, 4]
    text = f"id,{name},when,mail\n" + "".join(f"{n},{m},2025-06-05,a{n}@shop.example\n" for n, m in enumerate(marks))
    draft = drafted(tmp_path, text)
    assert draft.kind == "responses"
    assert "1 to 5: no NPS" in draft.line("score")
    assert draft.loaded.reasons == [("score wrong_scale", 11)]


def test_a_question_that_states_another_scale_is_refused(tmp_path: Path) -> None:
    text = "id,How likely are you to recommend us (1-10)?,when\n1,9,2025-06-05\n2,10,2025-06-05\n"
    draft = drafted(tmp_path, text)
    assert "its question states another scale: no NPS" in draft.line("score")
    assert draft.loaded.reasons == [("score wrong_scale", 2)]


def test_a_few_low_answers_to_the_recommendation_question_are_doubted_and_kept(tmp_path: Path) -> None:
    text = "id,How likely are you to recommend us?,when\n1,5,2025-06-05\n2,3,2025-06-05\n"
    draft = drafted(tmp_path, text)
    assert "no score is above 5: is it 1 to 5?" in draft.line("score")
    assert not draft.is_sure("score")
    assert draft.loaded.accepted == 2


@pytest.mark.slow
def test_another_metric_is_refused_by_its_name_and_by_its_column(tmp_path: Path) -> None:
    effort = "Survey ID,Responded,CES score,Comment\ns1,2025-06-05 10:00,7,easy\ns2,2025-06-06 10:00,2,hard\n"
    draft = drafted(tmp_path, effort)
    assert draft.loaded.reasons == [("score not_nps", 2)]
    assert not draft.is_sure("score")
    mixed = "id,metric,score,when\n1,NPS,9,2025-06-05\n2,CSAT,3,2025-06-05\n3,NPS,10,2025-06-05\n4,,5,2025-06-05\n"
    draft = drafted(tmp_path, mixed)
    assert draft.loaded.reasons == [("score not_nps", 2)]
    assert draft.loaded.nps == 100.0


@pytest.mark.first(2)
@pytest.mark.parametrize(
    "question",
    [
        "How likely are you to recommend us to a friend?",
        "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?",
        "Recommanderiez-vous notre boutique à un ami ?",
        "¿Qué probabilidad hay de que nos recomiende a un amigo?",
        "Quanto è probabile che ci consiglieresti a un amico?",
        "Qual a probabilidade de recomendar a nossa loja a um amigo?",
        "Hoe waarschijnlijk is het dat u ons zou aanbevelen?",
    ],
)
def test_a_recommendation_question_makes_answers_whatever_stands_beside_it(tmp_path: Path, question: str) -> None:
    text = (
        f'order_number,order_total,currency,shipping,"{question}",email,date\n'
        "A1,49.00,EUR,4.90,9,eva@shop.example,2025-06-05\nA2,29.00,EUR,4.90,0,finn@shop.example,2025-06-06\n"
    )
    draft = drafted(tmp_path, text)
    assert (draft.kind, draft.column("score"), draft.column("order_id")) == (
        "responses",
        f'"{question}"',
        '"order_number"',
    )
    assert draft.loaded.nps == 0.0


@pytest.mark.first(1)
@pytest.mark.parametrize(
    "text",
    [
        "Day,Campaign,Campaign ID,Currency code,Cost,Impr.,Clicks,CTR\n2025-06-05,Brand,1,EUR,12.40,1000,20,2.0%\n",
        "Handle,Title,Vendor,Variant SKU,Variant Price,Variant Inventory Qty\ncap,Cap,V,A,24.00,7\n",
        "Ticket ID,Agent,Email,Survey result,Rating value,Rated time\n1,Ann,eva@shop.example,Happy,103,2025-06-05\n",
        "Ticket ID,Requester email,Assignee,Satisfaction score,Created\n1,eva@shop.example,Ann,Good,2025-06-05\n",
    ],
    ids=["advertisements", "products", "ratings of a desk", "tickets"],
)
def test_what_is_no_record_is_said_and_nothing_is_sure_of_it(tmp_path: Path, text: str) -> None:
    draft = drafted(tmp_path, text)
    assert "Unsure: no kind of record fits well" in draft.text
    assert "-- guess: " not in draft.text
    assert draft.loaded.accepted == 0


@pytest.mark.slow
def test_a_year_before_1990_is_no_match_for_a_date(tmp_path: Path) -> None:
    draft = drafted(tmp_path, "order_id,order_date,total\nA1,09/14/25,49.00\nA2,10/03/25,29.00\n")
    assert "%Y" not in draft.line("ordered_at")
    assert draft.loaded.first_event_at is None or draft.loaded.first_event_at.year == 2025


@pytest.mark.slow
def test_the_time_of_day_of_a_second_column_is_read(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(DAY_AND_TIME)
    loaded = Drafted(path, tmp_path / "home").loaded
    assert (str(loaded.first_event_at), str(loaded.last_event_at)) == (
        "2025-06-05 10:15:00+00:00",
        "2025-06-06 11:15:00+00:00",
    )


@pytest.mark.slow
def test_flags_of_cancelled_and_refunded_orders_make_their_status(tmp_path: Path) -> None:
    draft = drafted(
        tmp_path,
        "Order Number,Order Date,Total,Refunded?,Cancelled?\nA1,2025-06-05,49.00,No,No\nA2,2025-06-06,29.00,Yes,No\n"
        "A3,2025-06-07,19.00,No,Yes\n",
    )
    assert draft.column("status") == (
        """CASE WHEN parse_boolean(clean("Cancelled?")) THEN 'cancelled' """
        """WHEN parse_boolean(clean("Refunded?")) THEN 'refunded' END"""
    )
    assert draft.loaded.accepted == 3


@pytest.mark.slow
def test_times_of_a_survey_are_told_apart(tmp_path: Path) -> None:
    draft = drafted(
        tmp_path,
        "id,survey_sent_at,survey_opened_at,survey_completed_at,csat_score,nps_score\n"
        "1,2025-06-01,2025-06-02,2025-06-03,5,9\n2,2025-06-01,2025-06-02,2025-06-04,4,2\n",
    )
    read = {name: draft.column(name) for name in ("responded_at", "invited_at", "score", "survey")}
    assert read == {
        "responded_at": '"survey_completed_at"',
        "invited_at": '"survey_sent_at"',
        "score": '"nps_score"',
        "survey": "",
    }


@pytest.mark.slow
def test_charges_of_an_api_in_cents_and_of_its_test_mode(tmp_path: Path) -> None:
    charge = '{"id":"ch_%s","amount":%s,"created":%s,"currency":"eur","livemode":%s,"receipt_email":"a%s@shop.example"}'
    charges = [charge % (1, 4900, 1749117845, "true", 1), charge % (2, 2900, 1749217845, "false", 2)]
    path = tmp_path / "charges.json"
    path.write_text('{"data":[' + ",".join(charges) + "]}")
    draft = Drafted(path, tmp_path / "home")
    assert "is it in cents?" in draft.line("total")
    assert draft.loaded.reasons == [("test", 1)]


def test_amounts_without_decimals_may_be_cents(tmp_path: Path) -> None:
    draft = drafted(tmp_path, "order_id,order_date,total\nA1,2025-06-05,4900\nA2,2025-06-06,2950\n")
    assert "is it in cents?" in draft.line("total")
    assert not draft.is_sure("total")
