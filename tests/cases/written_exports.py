"""Random shops, written as each shipped format that is a table writes them.

Here: the draws, the tables of the formats for which tests/raw has no writer, and WRITTEN: text by format. Not here:
damage (spreadsheet_damage.py); formats of JSON, which no spreadsheet saves.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.raw.vendor_marketplaces import VENDORS as MARKETPLACES
from tests.raw.vendor_orders import VENDORS, Line, Order, table
from tests.raw.vendor_responses import ASK, WHY, WRITERS, ZONE, Answer

Cell = str | Callable[..., object]
STATUSES = ("paid", "paid", "paid", "paid", "cancelled", "refunded", "partially_refunded")
PEOPLE = [f"person{number}@shop.example" for number in range(30)]


def _first_id(chance: random.Random) -> int:
    """Short numbers, and such as a spreadsheet rounds."""
    return chance.choice([1_001, 900_001, 5_935_301_234_501, 7_410_991_464_701])


def _instants(chance: random.Random, count: int) -> list[datetime]:
    """Instants of working hours, in the order of an export: times grow, or fall."""
    first = datetime(2023, chance.randint(1, 12), chance.randint(1, 28), 16, tzinfo=UTC)
    width = chance.choice([8, 60, 500])
    instants = sorted(
        first + timedelta(days=chance.randrange(width), seconds=chance.randrange(6 * 3600)) for _ in range(count)
    )
    return instants[::-1] if chance.random() < 0.5 else instants


def orders(chance: random.Random) -> list[Order]:
    """Orders of one shop in one currency."""
    first, currency = _first_id(chance), chance.choice(["EUR", "USD"])
    return [
        _order(chance, str(first + n), at, currency) for n, at in enumerate(_instants(chance, chance.randint(4, 14)))
    ]


def _order(chance: random.Random, name: str, at: datetime, currency: str) -> Order:
    lines = tuple(
        Line(f"SKU{n}", f"Thing {n}", chance.randint(1, 3), Decimal(chance.randint(100, 150_000)) / 100)
        for n in range(chance.randint(1, 3))
    )
    shipping = Decimal(chance.choice([0, 490, 1_250])) / 100
    total = sum((line.quantity * line.unit_price for line in lines), shipping)
    status = chance.choice(STATUSES)
    back = {"refunded": total, "partially_refunded": (total / 3).quantize(Decimal("0.01"))}.get(status, Decimal())
    return Order(
        order_id=name,
        at=at,
        currency=currency,
        email=chance.choice(PEOPLE),
        number=str(chance.randint(100, 130)),
        status=status,
        refunded=back,
        shipping=shipping,
        discount=Decimal(),
        tax=(total / 6).quantize(Decimal("0.01")),
        country="US",
        lines=lines,
    )


def answers(chance: random.Random) -> list[Answer]:
    """Answers of one survey, all of them scored, each in a second of its own."""
    first = _first_id(chance)
    return [
        Answer(
            number=first + n,
            answered_at=at,
            score=chance.randint(0, 10),
            email=chance.choice([*PEOPLE, None]) if chance.random() < 0.5 else PEOPLE[n],
            comment=chance.choice([None, "Quick, and friendly", "Late"]),
            again=chance.choice([None, "Yes", "No"]),
            order=chance.choice([None, str(1001 + n)]),
            invited_at=at - timedelta(days=1),
        )
        for n, at in enumerate(_instants(chance, chance.randint(5, 16)))
    ]


def _wall(pattern: str) -> Callable[[Order], str]:
    return lambda order: order.at.astimezone(ZONE).strftime(pattern)


def _money(sign: str) -> Callable[[Decimal], str]:
    return lambda amount: f"{sign}{amount:,.2f}"


def _kept(order: Order) -> Decimal:
    return order.total - order.refunded if order.refunded else Decimal("0.00")


_dollars = _money("$")
_local = _wall("%Y-%m-%d %H:%M:%S")
# A column and what stands in it: a field of the order, a function of the order, or text after "=". eBay's report is
# without its frame, which a hand that works on it removes.
ORDER_TABLES: dict[str, Mapping[str, Cell]] = {
    "etsy": {
        "Sale Date": _wall("%m/%d/%y"),
        "Order ID": "order_id",
        "Buyer User ID": lambda o: o.email.split("@")[0],
        "Full Name": "=A Person",
        "Number of Items": lambda o: len(o.lines),
        "Date Shipped": _wall("%m/%d/%y"),
        "Ship Country": "country",
        "Currency": "currency",
        "Order Value": lambda o: o.total - o.shipping,
        "Discount Amount": "discount",
        "Shipping": "shipping",
        "Sales Tax": "=0.00",
        "Order Total": "total",
        "Status": lambda o: "Refunded" if o.status == "refunded" else "",
        "Order Net": lambda o: (o.total * Decimal("0.9")).quantize(Decimal("0.01")),
        "Adjusted Order Total": _kept,
        "Order Type": "=online",
    },
    "square": {
        "Date": _wall("%m/%d/%y"),
        "Time": _wall("%H:%M:%S"),
        "Time Zone": "=Mountain Time (US & Canada)",
        "Gross Sales": lambda o: _dollars(o.total - o.tax),
        "Tax": lambda o: _dollars(o.tax),
        "Total Collected": lambda o: _dollars(o.total),
        "Source": "=Register",
        "Net Total": lambda o: _dollars(o.total - 1),
        "Transaction ID": lambda o: f"t{o.order_id}",
        "Payment ID": lambda o: f"p{o.order_id}",
        "Event Type": "=Payment",
        "Customer ID": lambda o: f"C{o.number}",
        "Customer Name": "=A Person",
        "Transaction Status": "=Complete",
    },
    "ebay": {
        "Sales Record Number": lambda o: o.order_id[-4:],
        "Order Number": lambda o: f"12-0{o.order_id[-4:]}-00001",
        "Buyer Username": lambda o: o.email.split("@")[0],
        "Buyer Name": "=A Person",
        "Buyer Email": lambda o: o.email.replace("@shop", "@members"),
        "Ship To Country": "=United States",
        "Item Number": lambda o: f"110{o.order_id[-4:]}",
        "Item Title": "=Cap",
        "Quantity": "=1",
        "Sold For": lambda o: _dollars(o.total - o.shipping),
        "Shipping And Handling": lambda o: _dollars(o.shipping),
        "Total Price": lambda o: _dollars(o.total),
        "Sale Date": _wall("%b-%d-%y"),
        "Paid On Date": lambda o: "" if o.status == "cancelled" else _wall("%b-%d-%y")(o),
        "Shipped On Date": "=",
    },
    "prestashop_fr": {
        "ID": "order_id",
        "Référence": lambda o: f"XK{o.order_id}",
        "Nouveau client": "=Oui",
        "Client": "=I. QUINN",
        "Total": lambda o: f"{o.total:.2f} €".replace(".", ","),
        "Paiement": "=Carte",
        "État": lambda o: "Annulé" if o.status == "cancelled" else "Paiement accepté",
        "Date": _local,
    },
    "etsy_items": {
        "Sale Date": _wall("%m/%d/%y"),
        "Item Name": "=Bowl, oak",
        "Quantity": lambda o: o.lines[0].quantity,
        "Price": lambda o: o.lines[0].unit_price,
        "Transaction ID": lambda o: f"7{o.order_id}",
        "Listing ID": lambda o: f"8{o.order_id}",
        "Order ID": "order_id",
        "SKU": "=BOW",
        "Variations": "=Size:L",
    },
    "judgeme": {
        "title": "=Great",
        "body": "=Love it",
        "rating": "=5",
        "review_date": _wall("%Y-%m-%d %H:%M:%S UTC"),
        "curated": "=ok",
        "reviewer_email": "email",
        "product_handle": "=bowl",
    },
    "loox": {
        "id": "order_id",
        "status": "=Active",
        "rating": "=5",
        "email": "email",
        "review": "=Love it",
        "date": lambda o: o.at.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "productId": "=8123",
        "handle": "=bowl",
    },
    "yotpo": {
        "Review Title": "=Great",
        "Review Content": "=Love it",
        "Review Score": "=5",
        "Date": _wall("%Y-%m-%d"),
        "Product ID": "=999",
        "Display Name": "=A Person",
        "Email": "email",
    },
    "shopify_reviews": {
        "product_handle": "=bowl",
        "state": "=published",
        "rating": "=5",
        "title": "=Great",
        "author": "=A Person",
        "email": "email",
        "body": "=Love it",
        "created_at": lambda o: o.at.isoformat(),
    },
}


def _at(pattern: str) -> Callable[[Answer], str]:
    return lambda answer: answer.answered_at.astimezone(ZONE).strftime(pattern)


ANSWER_TABLES: dict[str, Mapping[str, Cell]] = {
    "alchemer": {
        "Response ID": "number",
        "Time Started": _at("%Y-%m-%d %H:%M:%S %Z"),
        "Date Submitted": _at("%Y-%m-%d %H:%M:%S %Z"),
        "Status": lambda a: "Partial" if a.again == "No" else "Complete",
        "Language": "=English",
        "SessionID": lambda a: f"s{a.number}",
        ASK: "score",
        "Why?": "comment",
        "Email": "email",
    },
    "formbricks": {
        "No.": "=1",
        "Response ID": lambda a: f"r{a.number}",
        "Timestamp": lambda a: a.answered_at.strftime("%Y-%m-%d %H:%M:%S"),
        "Finished": lambda a: "No" if a.again == "No" else "Yes",
        "Survey ID": "=s1",
        "User ID": lambda a: f"u{a.number}",
        f"1. {ASK}": "score",
        f"2. {WHY}": "comment",
        "person.email": "email",
    },
    "microsoft_forms": {
        "ID": lambda a: a.number % 1_000,
        "Start time": _at("%m/%d/%y %H:%M:%S"),
        "Completion time": _at("%m/%d/%y %H:%M:%S"),
        "Email": "email",
        "Name": "=A Person",
        ASK: "score",
        WHY: "comment",
    },
    "thanx": {
        "nps_feedback_uid": lambda a: f"u{a.number}",
        "nps_feedback_id": "number",
        "purchase_id": "order",
        "user_id": lambda a: f"c{a.number}",
        "state": "=rated",
        "rating": "score",
        "review": "comment",
        "created_at": lambda a: a.answered_at.strftime("%Y-%m-%d %H:%M:%S"),
        "rated_at": lambda a: a.answered_at.strftime("%Y-%m-%d %H:%M:%S"),
        "responded_at": "=",
    },
}


def _filled(cells: Mapping[str, Cell], records: Sequence[Order] | Sequence[Answer]) -> str:
    def value(cell: Cell, record: Order | Answer) -> object:
        if callable(cell):
            return cell(record)
        return cell[1:] if cell.startswith("=") else getattr(record, cell)

    return table([{name: value(cell, record) for name, cell in cells.items()} for record in records], list(cells))


def _writers() -> dict[str, Callable[[random.Random], str]]:
    made: dict[str, Callable[[random.Random], str]] = {}
    for name, vendor in (VENDORS | MARKETPLACES).items():
        if name in JSON or name in ORDER_TABLES:
            continue
        made[name] = lambda chance, write=vendor.write: write(orders(chance), ZONE)
    for name, cells in ORDER_TABLES.items():
        made[name] = lambda chance, cells=cells: _filled(cells, orders(chance))
    for name, writer in WRITERS.items():
        if name not in JSON:
            made[name] = lambda chance, write=writer: write(answers(chance))
    for name, cells in ANSWER_TABLES.items():
        made[name] = lambda chance, cells=cells: _filled(cells, answers(chance))
    return made


# What an API gave, saved as it came: no spreadsheet opens it.
JSON = frozenset({"retently", "delighted", "asknicely_json", "typeform_api", "wootric", "shopify_api"})
WRITTEN = _writers()
