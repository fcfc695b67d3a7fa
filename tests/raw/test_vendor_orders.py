"""One shop's orders and referrals give the same rows through every vendor, but for what its format cannot carry."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.raw.conftest import Shop
from tests.raw.vendor_marketplaces import VENDORS as MARKETPLACES
from tests.raw.vendor_orders import VENDORS as SHOPS
from tests.raw.vendor_orders import Line, Order, canonical
from tests.raw.vendor_referrals import Referral, canonical_referrals, smile

VENDORS = SHOPS | MARKETPLACES
ORDERS = (
    "order_id", "ordered_at", "total", "currency", "customer_email", "customer_id", "is_guest", "status", "refunded",
    "discount", "shipping", "tax", "country", "identity",
)  # fmt: skip
LINES = ("order_id", "line_id", "quantity", "unit_price", "sku", "product")
REFERRALS = (
    "referral_id", "referred_at", "updated_at", "advocate_email", "friend_email", "status", "identity",
    "friend_identity",
)  # fmt: skip
# The columns an identity is made from.
NAMED_BY = {"customer_email", "customer_id"}

# The first and last days of summer time in both zones, and a day above 12.
EDGES = [
    datetime(2024, 10, 27, 0, 30, tzinfo=UTC),
    datetime(2024, 3, 31, 0, 30, tzinfo=UTC),
    datetime(2024, 11, 3, 5, 30, tzinfo=UTC),
    datetime(2024, 3, 10, 6, 30, tzinfo=UTC),
    datetime(2021, 12, 31, 23, 0, tzinfo=UTC),
]
moments = st.builds(
    lambda edge, minutes: edge + timedelta(minutes=minutes, seconds=minutes % 60),
    st.sampled_from(EDGES),
    st.integers(-180, 180),
)
money = st.integers(0, 50_000).map(lambda cents: Decimal(cents) / 100)
# Quotes, delimiters, line breaks of other formats, letters of any alphabet; never a blank at an end, nor " / ", which
# separates the category in Shopify.
words = (
    st.text(st.sampled_from("aZ9é€ß中😀 ,;'\"|\\#=&<>-_."), min_size=1, max_size=12)
    .map(str.strip)
    .filter(lambda text: text and not text.startswith(("'", '"')))
)
emails = st.sampled_from(["a@example.com", "B.C@Example.com", "d+e@sub.example", "o'f@example.com"])


@st.composite
def orders(draw: st.DrawFn) -> list[Order]:
    made = []
    for place in range(draw(st.integers(1, 5))):
        lines = tuple(
            Line(f"{draw(words)}{n}", draw(words), draw(st.integers(1, 9)), draw(money))
            for n in range(draw(st.integers(1, 3)))
        )
        worth = sum((line.quantity * line.unit_price for line in lines), Decimal())
        shipping = draw(money)
        status = draw(st.sampled_from(["paid", "paid", "cancelled", "refunded", "partially_refunded"]))
        discount = min(draw(money), worth)
        total = worth + shipping - discount
        back = {"refunded": total, "partially_refunded": (total / 3).quantize(Decimal("0.01"))}.get(status, Decimal())
        if status == "refunded" and not total:
            status = "paid"
        made.append(
            Order(
                order_id=str(900_000_000 + place),
                at=draw(moments),
                currency=draw(st.sampled_from(["EUR", "USD", "JPY"])),
                email=draw(emails),
                number=draw(st.sampled_from([None, "17", "18"])),
                status=status,
                refunded=back,
                shipping=shipping,
                discount=discount,
                tax=(total / 6).quantize(Decimal("0.01")),
                country=draw(st.sampled_from(["FR", "US"])),
                lines=lines,
            )
        )
    return made


def rows(shop: Shop, path: str, kind: str, columns: tuple[str, ...]) -> list[tuple[object, ...]]:
    """The rows of a file as text; identities without the source, which differs."""
    names = ", ".join(f"replace({name}::VARCHAR, ':' || source || ':', ':')" for name in columns)
    return shop.connection.sql(
        f"SELECT {names} FROM vault.raw.{kind} "
        f"WHERE file_id = (SELECT file_id FROM vault.raw.paths WHERE path = '{path}') ORDER BY ALL"
    ).fetchall()


@contextmanager
def loaded(zone: str, files: dict[str, str]) -> Iterator[Shop]:
    with tempfile.TemporaryDirectory() as folder:
        shop = Shop(Path(folder), zone)
        for name, text in files.items():
            shop.drop(name, text)
        report = shop.load()
        assert set(report.files) <= {"loaded", "duplicate"}, shop.messages
        assert not sum(report.rejected.values()), shop.frame("FROM vault.raw.rejected")
        yield shop
        shop.connection.close()


@pytest.mark.slow
@settings(
    max_examples=5,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.too_slow],
)
@given(made=orders(), zone=st.sampled_from(["Europe/Paris", "America/New_York"]))
def test_any_vendor_gives_the_same_orders(made: list[Order], zone: str) -> None:
    files = {}
    for name, vendor in VENDORS.items():
        files |= {f"{name}/{file}": text for file, text in canonical(made, ZoneInfo(zone), vendor).items()}
        files[f"{name}/export"] = vendor.write(made, ZoneInfo(zone))
    with loaded(zone, files) as shop:
        for name, vendor in VENDORS.items():
            # An identity is made from address and number: without one of them it is another.
            lacks = vendor.lacks | ({"identity"} if vendor.lacks & NAMED_BY else set())
            for kind, columns in (("orders", ORDERS), ("order_lines", LINES))[: 1 + vendor.has_lines]:
                carried = tuple(column for column in columns if column not in lacks | vendor.lines_lack)
                truth = rows(shop, f"{name}/{kind}.csv", kind, carried)
                assert truth
                assert rows(shop, f"{name}/export", kind, carried) == truth, name
            for column in vendor.lacks:
                assert set(rows(shop, f"{name}/export", "orders", (column,))) <= {(None,), ("0.0000",)}, name


referrals = st.lists(
    st.builds(
        lambda at, later, advocate, friend, is_done: (
            at,
            at + timedelta(milliseconds=later),
            advocate,
            friend,
            is_done,
        ),
        moments,
        st.integers(0, 10**9),
        emails,
        emails,
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
).map(lambda drawn: [Referral(str(number), *values) for number, values in enumerate(drawn)])


@pytest.mark.slow
@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=referrals)
def test_smile_gives_the_same_referrals(made: list[Referral]) -> None:
    with loaded("UTC", {"truth.csv": canonical_referrals(made), "smile.json": smile(made)}) as shop:
        assert rows(shop, "smile.json", "referrals", REFERRALS) == rows(shop, "truth.csv", "referrals", REFERRALS)
