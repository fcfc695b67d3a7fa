"""One shop's orders, written as each vendor writes them.

Here: the neutral orders, a writer per vendor, and in VENDORS what its format cannot carry. Not here: expectations;
referrals (vendor_referrals.py). The writers follow the samples and use nothing of pipelines, so that they do not share
its faults.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

Row = Mapping[str, object]


@dataclass(frozen=True)
class Line:
    """An item: quantity and price of one, after discount and with tax."""

    sku: str
    product: str
    quantity: int
    unit_price: Decimal


@dataclass(frozen=True)
class Order:
    """An order; `at` is its instant, `number` the shop's for the customer, None for a guest."""

    order_id: str
    at: datetime
    currency: str
    email: str
    number: str | None
    status: str
    refunded: Decimal
    shipping: Decimal
    discount: Decimal
    tax: Decimal
    country: str
    lines: tuple[Line, ...]

    @property
    def total(self) -> Decimal:
        return sum((line.quantity * line.unit_price for line in self.lines), self.shipping - self.discount)


@dataclass(frozen=True)
class Vendor:
    """How a vendor writes orders.

    lacks: columns of orders that its format cannot carry. lines_lack: those of order_lines. words: its words for a
    status. is_local: its times are in the shop's zone, so that the hour that comes twice is one. line_id: what names a
    line. time: how exact a time is. has_lines: whether it has items. blanks_zero: a refund of nothing is none.
    """

    write: Callable[[Sequence[Order], ZoneInfo], str]
    lacks: frozenset[str] = frozenset()
    lines_lack: frozenset[str] = frozenset()
    words: Mapping[str, str] | None = None
    is_local: bool = False
    line_id: str = "place"
    time: str = "%Y-%m-%d %H:%M:%S"
    has_lines: bool = True
    blanks_zero: bool = False


def table(rows: Iterable[Row], header: Sequence[str], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, header, delimiter=delimiter, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def local(moment: datetime, zone: ZoneInfo, pattern: str = "%Y-%m-%d %H:%M:%S") -> str:
    return moment.astimezone(zone).strftime(pattern)


def canonical(orders: Sequence[Order], zone: ZoneInfo, vendor: Vendor) -> dict[str, str]:
    """The canonical files of what a vendor's format carries."""
    words = vendor.words or {}
    rows = [
        {
            "order_id": order.order_id,
            "ordered_at": local(order.at, zone, vendor.time) if vendor.is_local else order.at.isoformat(),
            "total": order.total,
            "currency": order.currency,
            "customer_email": order.email,
            "customer_id": order.number or "",
            "is_guest": order.number is None,
            "status": words.get(order.status, order.status),
            "refunded": order.refunded or ("" if vendor.blanks_zero else 0),
            "discount": order.discount,
            "shipping": order.shipping,
            "tax": order.tax,
            "country": order.country,
        }
        for order in orders
    ]
    lines = [
        {
            "order_id": order.order_id,
            "line_id": place if vendor.line_id == "place" else line.sku,
            "quantity": line.quantity,
            "unit_price": line.unit_price,
            "sku": line.sku,
            "product": line.product,
        }
        for order in orders
        for place, line in enumerate(order.lines, 1)
    ]
    return {
        "orders.csv": table(rows, list(rows[0])),
        "order_lines.csv": table(lines, list(lines[0])),
    }


def shopify(orders: Sequence[Order], zone: ZoneInfo) -> str:
    header = [
        "Name",
        "Email",
        "Financial Status",
        "Currency",
        "Shipping",
        "Taxes",
        "Total",
        "Discount Amount",
        "Created at",
        "Lineitem quantity",
        "Lineitem name",
        "Lineitem price",
        "Lineitem sku",
        "Shipping Country",
        "Cancelled at",
        "Refunded Amount",
        "Id",
    ]
    rows: list[Row] = []
    for place, order in enumerate(orders):
        at = order.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %z")
        first = {
            "Name": f"#{place + 1001}",
            "Email": order.email,
            "Financial Status": "paid" if order.status == "cancelled" else order.status,
            "Cancelled at": at if order.status == "cancelled" else "",
            "Currency": order.currency,
            "Shipping": order.shipping,
            "Taxes": order.tax,
            "Total": order.total,
            "Discount Amount": order.discount,
            "Created at": at,
            "Shipping Country": order.country,
            "Refunded Amount": order.refunded,
            "Id": order.order_id,
        }
        # Further rows repeat name and address, or the name, or nothing: all three are seen.
        further = [
            {},
            {"Name": first["Name"]},
            {"Name": first["Name"], "Email": order.email, "Created at": at},
        ][place % 3]
        for number, line in enumerate(order.lines):
            item = {
                "Lineitem quantity": line.quantity,
                "Lineitem name": line.product,
                "Lineitem price": line.unit_price,
                "Lineitem sku": line.sku,
            }
            rows.append((further if number else first) | item)
    return table(rows, header)


def webtoffee(orders: Sequence[Order], zone: ZoneInfo) -> str:
    header = [
        "order_id",
        "order_number",
        "order_date",
        "status",
        "order_total",
        "order_subtotal",
        "shipping_total",
        "tax_total",
        "discount_total",
        "order_currency",
        "customer_id",
        "billing_email",
        "billing_country",
        "refund_items",
    ]
    widest = max((len(order.lines) for order in orders), default=1)
    header += [f"Product Item {n + 1} {part}" for n in range(widest) for part in ("Name", "SKU", "Quantity", "Total")]
    rows = []
    for order in orders:
        row = {
            "order_id": order.order_id,
            "order_number": order.order_id,
            "order_date": local(order.at, zone),
            "status": WOO.get(order.status, order.status),
            "order_total": order.total,
            "order_subtotal": order.total - order.shipping,
            "shipping_total": order.shipping,
            "tax_total": order.tax,
            "discount_total": order.discount,
            "order_currency": order.currency,
            "customer_id": order.number or "0",
            "billing_email": order.email,
            "billing_country": order.country,
            "refund_items": ";".join(
                f"amount:{part}|reason:a | b|date:2030-01-01 00:00:00" for part in halves(order.refunded)
            ),
        }
        for n, line in enumerate(order.lines, 1):
            row |= {
                f"Product Item {n} Name": line.product,
                f"Product Item {n} SKU": line.sku,
                f"Product Item {n} Quantity": line.quantity,
                f"Product Item {n} Total": line.quantity * line.unit_price,
            }
        rows.append(row)
    return table(rows, header)


def halves(amount: Decimal) -> tuple[Decimal, Decimal]:
    """Money given back in two goes."""
    first = (amount / 2).quantize(Decimal("0.01"))
    return first, amount - first


def skyverge(orders: Sequence[Order], zone: ZoneInfo) -> str:
    header = [
        "order_id",
        "order_number_formatted",
        "order_number",
        "date",
        "status",
        "order_shipping",
        "order_tax",
        "cart_discount",
        "order_discount",
        "order_total",
        "customer_user",
        "billing_email",
        "billing_country",
    ]
    widest = max((len(order.lines) for order in orders), default=1)
    header += [f"order_item_{n + 1}" for n in range(widest)]
    rows = []
    for order in orders:
        row = {
            "order_id": order.order_id,
            "order_number_formatted": order.order_id,
            "order_number": order.order_id,
            "date": local(order.at, zone),
            "status": WOO.get(order.status, order.status),
            "order_shipping": order.shipping,
            "order_tax": order.tax,
            "cart_discount": order.discount,
            "order_discount": 0,
            "order_total": order.total,
            "customer_user": order.number or "0",
            "billing_email": order.email,
            "billing_country": order.country,
        }
        for n, line in enumerate(order.lines, 1):
            sku = line.sku.replace("|", "\\|")
            row[f"order_item_{n}"] = f"{sku}|{line.quantity}|{line.quantity * line.unit_price}|size: M"
        rows.append(row)
    return table(rows, header)


def bigcommerce(orders: Sequence[Order], zone: ZoneInfo) -> str:
    header = [
        "Order ID",
        "Customer ID",
        "Customer Email",
        "Order Date",
        "Order Time",
        "Order Status",
        "Tax Total",
        "Shipping Cost (inc tax)",
        "Coupon Value",
        "Order Total (inc tax)",
        "Order Total (ex tax)",
        "Order Currency Code",
        "Billing Country",
        "Product Details",
        "Refund Amount",
    ]
    rows = [
        {
            "Order ID": order.order_id,
            "Customer ID": order.number or "0",
            "Customer Email": order.email,
            "Order Date": local(order.at, zone, "%b %dth %Y"),
            "Order Time": local(order.at, zone, "%H:%M:%S"),
            "Order Status": BIG.get(order.status, order.status),
            "Tax Total": order.tax,
            "Shipping Cost (inc tax)": order.shipping,
            "Coupon Value": order.discount,
            "Order Total (inc tax)": order.total,
            "Order Total (ex tax)": order.total - order.tax,
            "Order Currency Code": order.currency,
            "Billing Country": order.country,
            "Product Details": "|".join(
                f"Product ID: {n}, Product Qty: {line.quantity}, Product SKU: {line.sku}, "
                f"Product Name: {line.product}, Product Weight: 0.5000, Product Variation Details: , "
                f"Product Unit Price: {line.unit_price}, "
                f"Product Total Price: {line.quantity * line.unit_price}"
                for n, line in enumerate(order.lines)
            ),
            "Refund Amount": order.refunded,
        }
        for order in orders
    ]
    return table(rows, header)


def amazon(orders: Sequence[Order], zone: ZoneInfo) -> str:
    header = [
        "amazon-order-id",
        "purchase-date",
        "last-updated-date",
        "order-status",
        "sales-channel",
        "product-name",
        "sku",
        "item-status",
        "quantity",
        "currency",
        "item-price",
        "item-tax",
        "shipping-price",
        "item-promotion-discount",
        "ship-country",
    ]
    rows = ["\t".join(header)]
    for order in orders:
        state = "Cancelled" if order.status == "cancelled" else "Shipped"
        at = order.at.isoformat()
        for place, line in enumerate(order.lines):
            once = (order.shipping, order.discount) if not place else ("", "")
            cells = [order.order_id, at, at, state, "Amazon.de", line.product, line.sku, state, line.quantity]
            cells += [order.currency, line.quantity * line.unit_price, "", *once, order.country]
            rows.append("\t".join(map(str, cells)).rstrip("\t"))
    return "\r\n".join(rows) + "\r\n"


WOO = {"paid": "completed"}
BIG = {"paid": "Shipped", "refunded": "Refunded", "cancelled": "Cancelled", "partially_refunded": "Partially Refunded"}
VENDORS = {
    # No customer numbers, hence no guests.
    "shopify": Vendor(shopify, lacks=frozenset({"customer_id", "is_guest"})),
    "woocommerce_webtoffee": Vendor(webtoffee, words=WOO, is_local=True),
    # Neither currency nor partial refunds; items by SKU only.
    "woocommerce_skyverge": Vendor(
        skyverge,
        lacks=frozenset({"currency", "refunded"}),
        lines_lack=frozenset({"product"}),
        words=WOO,
        is_local=True,
    ),
    "bigcommerce": Vendor(
        bigcommerce, words={name: word.lower().replace(" ", "_") for name, word in BIG.items()}, is_local=True
    ),
    # Neither buyers nor refunds; the tax is that of the items.
    "amazon": Vendor(
        amazon,
        lacks=frozenset({"customer_email", "customer_id", "is_guest", "refunded", "tax"}),
        words=dict.fromkeys(("paid", "refunded", "partially_refunded"), "shipped"),
        line_id="sku",
    ),
}
