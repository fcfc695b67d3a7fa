"""Shopify's orders_export.csv: 79 columns, a row per order line, the order's own columns on its first row only.

Here: the header and the cells of that export. Not here: any other export.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from pipelines.simulate.history import instant_text
from pipelines.simulate.truth.parameters import COUNTRIES, VAT
from pipelines.simulate.world import World

FIRST_ORDER_NAME = 1001
SHOP_TIME = "%Y-%m-%d %H:%M:%S %z"

SHOPIFY_HEADER = (
    "Name",
    "Email",
    "Financial Status",
    "Paid at",
    "Fulfillment Status",
    "Fulfilled at",
    "Accepts Marketing",
    "Currency",
    "Subtotal",
    "Shipping",
    "Taxes",
    "Total",
    "Discount Code",
    "Discount Amount",
    "Shipping Method",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
    "Lineitem compare at price",
    "Lineitem sku",
    "Lineitem requires shipping",
    "Lineitem taxable",
    "Lineitem fulfillment status",
    "Billing Name",
    "Billing Street",
    "Billing Address1",
    "Billing Address2",
    "Billing Company",
    "Billing City",
    "Billing Zip",
    "Billing Province",
    "Billing Country",
    "Billing Phone",
    "Shipping Name",
    "Shipping Street",
    "Shipping Address1",
    "Shipping Address2",
    "Shipping Company",
    "Shipping City",
    "Shipping Zip",
    "Shipping Province",
    "Shipping Country",
    "Shipping Phone",
    "Notes",
    "Note Attributes",
    "Cancelled at",
    "Payment Method",
    "Payment Reference",
    "Refunded Amount",
    "Vendor",
    "Outstanding Balance",
    "Employee",
    "Location",
    "Device ID",
    "Id",
    "Tags",
    "Risk Level",
    "Source",
    "Lineitem discount",
    "Tax 1 Name",
    "Tax 1 Value",
    "Tax 2 Name",
    "Tax 2 Value",
    "Tax 3 Name",
    "Tax 3 Value",
    "Tax 4 Name",
    "Tax 4 Value",
    "Tax 5 Name",
    "Tax 5 Value",
    "Phone",
    "Receipt Number",
    "Duties",
    "Billing Province Name",
    "Shipping Province Name",
    "Payment ID",
    "Payment Terms Name",
    "Next Payment Due At",
    "Payment References",
)

CITIES = (
    "Exemplegem",
    "Musterstadt",
    "Villa Ejemplo",
    "Exempleville",
    "Sampleton",
    "Esempio Terme",
    "Voorbeelddam",
    "Vila Exemplo",
)
PHONES = ("", "+4930231250{}", "", "+3319900{}0", "+447700900{}", "", "", "")  # blocks kept for fiction


def order_name(column: str) -> pl.Expr:
    """The order number that customers see."""
    return pl.when(pl.col(column) >= 0).then(pl.format("#{}", pl.col(column) + FIRST_ORDER_NAME))


def shopify_id(column: str) -> pl.Expr:
    """The order's id in the shop's database: 13 digits."""
    return pl.col(column) * 32_768 + 7_410_991_464_714


def _first_rows(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """One row per order: the columns that stand on an order's first row only."""
    zone = world.calendar.zone
    fulfilled = pl.col("fulfilled_at").is_not_null()
    address = _address()
    return _with_people_and_places(world, orders).select(
        "order",
        **{
            "Financial Status": pl.col("status"),
            "Paid at": instant_text("ordered_at", SHOP_TIME, zone),
            "Fulfillment Status": pl.when(fulfilled).then(pl.lit("fulfilled")).otherwise(pl.lit("unfulfilled")),
            "Fulfilled at": instant_text("fulfilled_at", SHOP_TIME, zone),
            "Accepts Marketing": pl.when("consent").then(pl.lit("yes")).otherwise(pl.lit("no")),
            "Currency": pl.when(pl.col("code") == "GB").then(pl.lit("GBP")).otherwise(pl.lit("EUR")),
            "Discount Code": pl.when(pl.col("discount") > 0).then(pl.lit("WELCOME10")),
            "Shipping Method": pl.lit("Standard"),
            "Created at": instant_text("ordered_at", SHOP_TIME, zone),
            "Note Attributes": _delivery_note(world),
            "Cancelled at": instant_text("cancelled_at", SHOP_TIME, zone),
            "Payment Method": pl.lit("Shopify Payments"),
            "Payment Reference": pl.format("r{}.1", shopify_id("order")),
            "Outstanding Balance": pl.lit(0.0),
            "Id": shopify_id("order"),
            "Risk Level": pl.lit("Low"),
            "Source": pl.lit("web"),
            "Tax 1 Name": pl.col("vat"),
            **{f"Billing {part}": value for part, value in address.items()},
            **{f"Shipping {part}": value for part, value in address.items()},
            **{column: cents / 100 for column, cents in _amounts().items()},
        },
    )


def _with_people_and_places(world: World, orders: pl.DataFrame) -> pl.DataFrame:
    """The orders with their customers' names and consent, and what depends on the country."""
    places = pl.DataFrame(
        {
            "country": range(len(COUNTRIES)),
            "code": COUNTRIES,
            "city": CITIES,
            "phone": PHONES,
            "vat": [f"VAT {rate:.0%}" for rate in VAT],
        }
    )
    people = world.people.select("person", "first_name", "last_name", "consent")
    return orders.join(people, on="person", how="left", maintain_order="left").join(
        places, on="country", how="left", maintain_order="left"
    )


def _address() -> dict[str, pl.Expr]:
    """Parts of an address, the same for billing and shipping."""
    street = pl.format("{} Sample Street", pl.col("person") % 200 + 1)
    digits = pl.format("{}", pl.col("person") % 900 + 100)
    return {
        "Name": pl.format("{} {}", "first_name", "last_name"),
        "Street": street,
        "Address1": street,
        "City": pl.col("city"),
        "Zip": pl.format("'{}", (pl.col("person") % 90_000 + 1000).cast(pl.String).str.zfill(5)),
        "Country": pl.col("code"),
        "Phone": pl.when(pl.col("phone") != "").then(pl.col("phone").str.replace("{}", digits, literal=True)),
    }


def _amounts() -> dict[str, pl.Expr]:
    """Money columns, in cents of the order's currency."""
    return {
        "Subtotal": pl.col("goods") - pl.col("discount"),
        "Shipping": pl.col("shipping"),
        "Taxes": pl.col("tax"),
        "Total": pl.col("total"),
        "Discount Amount": pl.col("discount"),
        "Refunded Amount": pl.col("refunded"),
        "Tax 1 Value": pl.col("tax"),
    }


def _delivery_note(world: World) -> pl.Expr:
    """The note attributes: the promised day, and when the order was delivered."""
    promised = pl.lit(world.calendar.start) + pl.duration(days=pl.col("promised_day"))
    delivered = instant_text("delivered_at", SHOP_TIME, world.calendar.zone)
    return pl.concat_str(
        pl.lit("Promised delivery: "),
        promised.dt.to_string("%Y-%m-%d"),
        pl.when(pl.col("delivered_at").is_not_null())
        .then(pl.concat_str(pl.lit("\nDelivered: "), delivered))
        .otherwise(pl.lit("")),
    )


def write_shopify(world: World, folder: Path) -> list[Path]:
    """Write one file per calendar quarter in which orders were created."""
    if not len(world.orders):
        return []
    quarters = (pl.Series([day.year * 4 + (day.month - 1) // 3 for day in world.calendar.dates])).gather(
        world.orders["day"]
    )
    edges = np.flatnonzero(np.diff(quarters.to_numpy(), prepend=-1)).tolist()
    emails = world.people["email"].gather(world.orders["person"])
    fulfilled = world.orders["fulfilled_at"].is_not_null()
    paths = []
    for number, (start, stop) in enumerate(zip(edges, [*edges[1:], len(world.orders)], strict=True), 1):
        lines = world.lines.filter(pl.col("order").is_between(start, stop, closed="left"))
        product = world.products[lines["product"]]
        order = lines["order"]
        rows = pl.DataFrame(
            {
                "key": pl.select(pl.when(lines["position"] == 0).then(order)).to_series(),
                "Name": pl.select(pl.format("#{}", order + FIRST_ORDER_NAME)).to_series(),
                "Email": emails.gather(order),
                "Lineitem quantity": lines["quantity"],
                "Lineitem name": product["name"],
                "Lineitem price": lines["price"] / 100,
                "Lineitem sku": product["sku"],
                "Vendor": product["brand"],
                "fulfilled": fulfilled.gather(order),
            }
        ).with_columns(
            pl.lit("true").alias("Lineitem requires shipping"),
            pl.lit("true").alias("Lineitem taxable"),
            pl.when("fulfilled")
            .then(pl.lit("fulfilled"))
            .otherwise(pl.lit("pending"))
            .alias("Lineitem fulfillment status"),
            pl.lit(0.0).alias("Lineitem discount"),
        )
        table = rows.join(
            _first_rows(world, world.orders.slice(start, stop - start)),
            left_on="key",
            right_on="order",
            how="left",
            maintain_order="left",
        )
        present = set(table.columns)
        table = table.select(
            pl.col(name) if name in present else pl.lit(None, dtype=pl.String).alias(name) for name in SHOPIFY_HEADER
        )
        path = folder / f"orders_export_{number}.csv"
        table.write_csv(path, float_precision=2)
        paths.append(path)
    return paths
