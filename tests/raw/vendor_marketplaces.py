"""One shop's orders, written as further shops and marketplaces write them.

Here: the writers, and in VENDORS what each format cannot carry. Not here: the neutral orders and the first vendors
(vendor_orders.py); Etsy and Square, whose days only other days of the file tell from months.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from zoneinfo import ZoneInfo

from tests.raw.vendor_orders import Order, Row, Vendor, local, table

SIGNS = {"EUR": "€", "USD": "US $"}


def money(order: Order, amount: Decimal) -> str:
    """An amount as back offices show it, its currency named by a sign or a code."""
    sign = SIGNS.get(order.currency, f"{order.currency} ")
    return f"{sign}{amount:,.2f}"


def shopify_api(orders: Sequence[Order], zone: ZoneInfo) -> str:
    records = [
        {
            "id": int(order.order_id),
            "name": f"#{order.order_id}",
            "email": order.email,
            "created_at": order.at.astimezone(zone).isoformat(),
            "cancelled_at": order.at.isoformat() if order.status == "cancelled" else None,
            "currency": order.currency,
            "total_price": str(order.total),
            "total_discounts": str(order.discount),
            "total_tax": str(order.tax),
            "total_shipping_price_set": {"shop_money": {"amount": str(order.shipping)}},
            "financial_status": "paid" if order.status == "cancelled" else order.status,
            "test": False,
            "customer": {"id": int(order.number)} if order.number else None,
            "shipping_address": {"country_code": order.country},
            "line_items": [
                {"title": line.product, "sku": line.sku, "quantity": line.quantity, "price": str(line.unit_price)}
                for line in order.lines
            ],
            "refunds": [
                {"transactions": [{"kind": "refund", "status": "success", "amount": str(order.refunded)}]}
                for _ in range(bool(order.refunded))
            ],
        }
        for order in orders
    ]
    # One document, the bare list, or an order a line: all three are seen.
    forms = (json.dumps({"orders": records}), json.dumps(records), "\n".join(json.dumps(record) for record in records))
    return forms[len(records) % 3]


def squarespace(orders: Sequence[Order], zone: ZoneInfo) -> str:
    header = ["Order ID", "Email", "Financial Status", "Currency", "Shipping", "Taxes", "Amount Refunded", "Total"]
    header += ["Discount Amount", "Created at", "Lineitem quantity", "Lineitem name", "Lineitem price", "Lineitem sku"]
    header += ["Shipping Country", "Cancelled at", "Payment Reference"]
    rows: list[Row] = []
    for order in orders:
        at = order.at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S %z")
        first = {
            "Email": order.email,
            "Financial Status": "PAID" if order.status == "cancelled" else order.status.upper(),
            "Currency": order.currency,
            "Shipping": order.shipping,
            "Taxes": order.tax,
            "Amount Refunded": order.refunded,
            "Total": order.total,
            "Discount Amount": order.discount,
            "Created at": at,
            "Shipping Country": order.country,
            "Cancelled at": at if order.status == "cancelled" else "",
            "Payment Reference": f"ch_{order.order_id}",
        }
        for number, line in enumerate(order.lines):
            item = {
                "Order ID": order.order_id,
                "Lineitem quantity": line.quantity,
                "Lineitem name": line.product,
                "Lineitem price": line.unit_price,
                "Lineitem sku": line.sku,
            }
            rows.append(({} if number else first) | item)
    return table(rows, header)


def woocommerce_advanced(orders: Sequence[Order], zone: ZoneInfo) -> str:
    header = ["Order Number", "Order Status", "Order Date", "Email (Billing)", "Country Code (Billing)"]
    header += ["Cart Discount Amount", "Order Shipping Amount", "Order Refund Amount", "Order Total Amount"]
    header += ["Order Total Tax Amount", "SKU", "Item #", "Item Name", "Quantity (- Refund)", "Item Cost"]
    rows: list[Row] = []
    for place, order in enumerate(orders):
        first = {
            "Order Number": order.order_id,
            "Order Status": ADVANCED.get(order.status, order.status),
            "Order Date": local(order.at, zone),
            "Email (Billing)": order.email,
            "Country Code (Billing)": order.country,
            "Cart Discount Amount": order.discount,
            "Order Shipping Amount": order.shipping,
            "Order Refund Amount": order.refunded,
            "Order Total Amount": order.total,
            "Order Total Tax Amount": order.tax,
        }
        # The plugin repeats the order's columns, or leaves them to the first row.
        further = [{}, first][place % 2]
        for number, line in enumerate(order.lines, 1):
            item = {
                "SKU": line.sku,
                "Item #": number,
                "Item Name": line.product,
                "Quantity (- Refund)": line.quantity,
                "Item Cost": line.unit_price,
            }
            rows.append((first if number == 1 else further) | item)
    return table(rows, header)


def magento(orders: Sequence[Order], zone: ZoneInfo) -> str:
    header = ["ID", "Purchase Point", "Purchase Date", "Grand Total (Base)", "Grand Total (Purchased)", "Status"]
    header += ["Customer Email", "Customer Group", "Shipping and Handling", "Total Refunded"]
    rows = [
        {
            "ID": f"{int(order.order_id):09}",
            "Purchase Date": local(order.at, zone, "%b %d, %Y, %I:%M:%S %p").replace(" 0", " "),
            "Grand Total (Base)": money(order, order.total),
            "Grand Total (Purchased)": money(order, order.total),
            "Status": MAGENTO[order.status],
            "Customer Email": order.email,
            "Customer Group": "General" if order.number else "NOT LOGGED IN",
            "Shipping and Handling": f"{order.shipping:.4f}",
            "Total Refunded": f"{order.refunded:.4f}" if order.refunded else "",
        }
        for order in orders
    ]
    return table(rows, header)


def ebay(orders: Sequence[Order], zone: ZoneInfo) -> str:
    header = ["Sales Record Number", "Order Number", "Buyer Username", "Buyer Email", "Ship To Country", "Item Number"]
    header += [
        "Item Title",
        "Custom Label",
        "Quantity",
        "Sold For",
        "Shipping And Handling",
        "Total Price",
        "Sale Date",
    ]
    header += ["Paid On Date", "Transaction ID"]
    rows: list[Row] = []
    for place, order in enumerate(orders):
        day = local(order.at, zone, "%b-%d-%y")
        common = {
            "Sales Record Number": place,
            "Order Number": order.order_id,
            "Buyer Username": order.number or "",
            "Sale Date": day,
            "Paid On Date": day,
        }
        whole = {
            "Buyer Email": order.email,
            "Ship To Country": order.country,
            "Shipping And Handling": money(order, order.shipping),
            "Total Price": money(order, order.total),
        }
        items = [
            {
                "Item Number": number,
                "Item Title": line.product,
                "Custom Label": line.sku,
                "Quantity": line.quantity,
                "Sold For": money(order, line.unit_price),
            }
            for number, line in enumerate(order.lines, 1)
        ]
        if len(items) == 1:
            rows.append(common | whole | items[0])
        else:
            rows += [common | whole, *(common | item for item in items)]
    footer = (
        f'"{len(orders)}","record(s) downloaded,"," from ","Jan-01-21"," to ","Dec-31-24"\r\nSeller ID : a_seller\r\n'
    )
    return "\r\n" + table(rows, header) + "\r\n" + footer


def prestashop(orders: Sequence[Order], zone: ZoneInfo) -> str:
    header = ["ID", "Reference", "New client", "Delivery", "Customer", "Total", "Payment", "Status", "Date"]
    rows = [
        {
            "ID": order.order_id,
            "Reference": f"REF{order.order_id}",
            "New client": 1,
            "Delivery": order.country,
            "Customer": "I. QUINN",
            "Total": money(order, order.total),
            "Payment": "Bank transfer",
            "Status": PRESTASHOP[order.status],
            "Date": local(order.at, zone),
        }
        for order in orders
    ]
    return table(rows, header, ";")


ADVANCED = {"paid": "Completed", "refunded": "Refunded", "cancelled": "Cancelled", "partially_refunded": "Processing"}
MAGENTO = {"paid": "complete", "refunded": "closed", "cancelled": "canceled", "partially_refunded": "complete"}
PRESTASHOP = {
    "paid": "Payment accepted",
    "refunded": "Refunded",
    "cancelled": "Canceled",
    "partially_refunded": "Shipped",
}
CUSTOMER = frozenset({"customer_id", "is_guest"})
VENDORS = {
    "shopify_api": Vendor(shopify_api, lacks=frozenset({"is_guest"}), blanks_zero=True),
    # No customer numbers, hence no guests.
    "squarespace": Vendor(
        squarespace,
        lacks=CUSTOMER,
        words={"paid": "PAID", "refunded": "REFUNDED", "partially_refunded": "PARTIALLY_REFUNDED"},
        blanks_zero=True,
    ),
    "woocommerce_advanced": Vendor(
        woocommerce_advanced, lacks=CUSTOMER | {"currency"}, words=ADVANCED, is_local=True, blanks_zero=True
    ),
    # A list of orders.
    "magento": Vendor(
        magento,
        lacks=frozenset({"customer_id", "discount", "tax", "country"}),
        words=MAGENTO,
        is_local=True,
        has_lines=False,
        blanks_zero=True,
    ),
    # No status and no refunds; days.
    "ebay": Vendor(
        ebay,
        lacks=frozenset({"is_guest", "refunded", "discount", "tax"}),
        words=dict.fromkeys(("paid", "refunded", "cancelled", "partially_refunded"), ""),
        is_local=True,
        time="%Y-%m-%d",
    ),
    # A list of orders without people.
    "prestashop": Vendor(
        prestashop,
        lacks=CUSTOMER | {"customer_email", "refunded", "discount", "shipping", "tax"},
        words=PRESTASHOP,
        is_local=True,
        has_lines=False,
    ),
}
