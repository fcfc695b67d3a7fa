"""Drafts for the reported inputs: each is right, or unsure where it is not; none is wrong and sure."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from raw.drafts import Drafted
from shared_files import CASES, needed

from pipelines.raw.trial import trial
from pipelines.settings import Settings

# File, kind, and the column that each canonical one is read from.
RIGHT = [
    (
        "survey_with_customer_email/feedback_dataset.csv",
        "responses",
        {"responded_at": "submitted_at", "score": "rating", "customer_email": "customer_email"},
    ),
    (
        "orders_with_customer_email/orders.csv",
        "orders",
        {"order_id": "order_number", "ordered_at": "order_date", "total": "order_total", "status": "order_status"},
    ),
    (
        "shopify_rest_json/orders.json",
        "orders",
        {"order_id": "id", "ordered_at": "created_at", "total": "total_price", "status": "cancelled_at"},
    ),
    (
        "magento/export.csv",
        "orders",
        {
            "order_id": "ID",
            "ordered_at": "Purchase Date",
            "total": "Grand Total (Base)",
            "status": "Status",
            "refunded": "Total Refunded",
            "customer_email": "Customer Email",
        },
    ),
    (
        "ebay/eBay-OrdersReport.csv",
        "orders",
        {
            "order_id": "Order Number",
            "ordered_at": "Sale Date",
            "total": "Total Price",
            "customer_email": "Buyer Email",
        },
    ),
    (
        "woocommerce_advanced_order_export/orders-2025.csv",
        "orders",
        {
            "order_id": "Order Number",
            "ordered_at": "Order Date",
            "total": "Order Total Amount",
            "status": "Order Status",
            "refunded": "Order Refund Amount",
            "customer_email": "Email (Billing)",
        },
    ),
    (
        "alchemer/survey.csv",
        "responses",
        {
            "response_id": "Response ID",
            "responded_at": "Date Submitted",
            "score": "How likely are you to recommend us to a friend or colleague?",
            "customer_email": "Email",
            "reject": "Status",
        },
    ),
    (
        "squarespace/orders.csv",
        "orders",
        {
            "order_id": "Order ID",
            "ordered_at": "Created at",
            "total": "Total",
            "status": "Cancelled at",
            "refunded": "Amount Refunded",
        },
    ),
    (
        "etsy_orders/EtsySoldOrders2025.csv",
        "orders",
        {"order_id": "Order ID", "ordered_at": "Sale Date", "total": "Order Total", "customer_id": "Buyer User ID"},
    ),
    (
        "etsy_items/EtsySoldOrderItems2025.csv",
        "order_lines",
        {"order_id": "Order ID", "line_id": "Transaction ID", "quantity": "Quantity", "unit_price": "Price"},
    ),
    (
        "square_transactions/transactions.csv",
        "orders",
        {"ordered_at": "Time", "total": "Total Collected", "customer_id": "Customer ID"},
    ),
    ("star_reviews/reviews.csv", "reviews_given", {"given_at": "review_date", "customer_email": "reviewer_email"}),
    (
        "mixed_metrics/feedback.csv",
        "responses",
        {"response_id": "Record ID", "responded_at": "Response date", "score": "Rating", "reject": "Survey type"},
    ),
    (
        "google_forms_german/formular.csv",
        "responses",
        {"responded_at": "Zeitstempel", "score": "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?"},
    ),
    (
        "google_forms_spanish/form.csv",
        "responses",
        {
            "responded_at": "Marca temporal",
            "score": "¿Qué probabilidad hay de que recomiendes nuestra tienda a un amigo?",
            "comment": "¿Por qué?",
        },
    ),
    (
        "microsoft_forms_german/forms.csv",
        "responses",
        {
            "responded_at": "Fertigstellungszeit",
            "score": "Wie wahrscheinlich ist es, dass Sie uns weiterempfehlen?",
            "customer_email": "E-Mail",
        },
    ),
    (
        "microsoft_forms_spanish/forms.csv",
        "responses",
        {
            "responded_at": "Hora de finalización",
            "score": "¿Qué probabilidad hay de que nos recomiende a un amigo?",
            "customer_email": "Correo electrónico",
        },
    ),
]


@cache
def drafted_for(file: str) -> Drafted:
    """The draft for a reported input, made once."""
    with TemporaryDirectory() as home:
        return Drafted(needed(CASES / file), Path(home))


@pytest.mark.parametrize(("file", "kind", "columns"), RIGHT, ids=[file for file, _, _ in RIGHT])
def test_a_draft_reads_the_right_columns(file: str, kind: str, columns: dict[str, str]) -> None:
    drafted = drafted_for(file)
    assert drafted.kind == kind
    assert {name: column for name, column in columns.items() if not drafted.reads(name, column)} == {}


@pytest.mark.parametrize(
    ("file", "line", "rivals"),
    [
        ("magento/export.csv", "total", ["Grand Total (Purchased)", "Subtotal"]),
        ("squarespace/orders.csv", "total", ["Subtotal"]),
        ("shopify_rest_json/orders.json", "total", ["current_total_price", "subtotal_price"]),
        ("etsy_orders/EtsySoldOrders2025.csv", "ordered_at", ["Date Shipped"]),
        ("etsy_orders/EtsySoldOrders2025.csv", "total", ["Order Value", "Adjusted Order Total"]),
        ("ebay/eBay-OrdersReport.csv", "ordered_at", ["Paid On Date", "Ship By Date", "Shipped On Date"]),
        ("ebay/eBay-OrdersReport.csv", "order_id", ["Sales Record Number", "Transaction ID"]),
        ("square_transactions/transactions.csv", "total", ["Net Total"]),
        ("alchemer/survey.csv", "responded_at", ["Time Started"]),
    ],
)
def test_a_line_that_another_column_would_fit_names_it_and_is_unsure(file: str, line: str, rivals: list[str]) -> None:
    drafted = drafted_for(file)
    assert not drafted.is_sure(line)
    assert [rival for rival in rivals if f'"{rival}"' not in drafted.line(line)] == []


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("survey_with_customer_email/feedback_dataset.csv", "responses"),
        ("orders_with_customer_email/orders.csv", "orders"),
    ],
)
def test_an_address_beside_answers_or_orders_is_no_list_of_customers(tmp_path: Path, file: str, kind: str) -> None:
    [explained] = trial(needed(CASES / file), Settings(home=tmp_path, salt="a salt for the tests"))
    assert explained.status == "unrecognised"
    assert (explained.draft and explained.draft.kind, explained.tried and explained.tried.accepted) == (kind, 2)


def test_what_the_draft_would_load_is_shown() -> None:
    mixed = drafted_for("mixed_metrics/feedback.csv").loaded
    assert (mixed.rows, mixed.accepted, mixed.reasons, mixed.nps) == (4, 2, [("score not_nps", 2)], 0.0)
    orders = drafted_for("woocommerce_advanced_order_export/orders-2025.csv").loaded
    assert [(one.orders, one.total, one.refunded) for one in orders.money] == [(4, 239.0, 100.0)]
    squarespace = drafted_for("squarespace/orders.csv").loaded
    assert [(one.currency, one.orders, one.total, one.refunded) for one in squarespace.money] == [
        ("USD", 4, 340.0, 35.5)
    ]


def test_an_order_of_test_is_refused_and_lists_of_refunds_are_said_to_be_missing() -> None:
    drafted = drafted_for("shopify_rest_json/orders.json")
    assert drafted.loaded.reasons == [("test", 1)]
    assert 'Unsure: "refunds" holds lists that are not read: refunds are missing' in drafted.text


def test_unfinished_surveys_are_partial() -> None:
    assert ("partial", 2) in drafted_for("alchemer/survey.csv").loaded.reasons
