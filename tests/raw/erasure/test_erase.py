"""Requests to be forgotten: what remains of a record, whom a request reaches, what is stored of the request."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipelines.raw.erasure.erase import IDS, WORDS
from pipelines.raw.erasure.request import AmbiguousError, forget
from pipelines.raw.kinds import read_kinds
from tests.raw.conftest import Shop

# Texts that say who somebody is, or are in their own words.
CLEARED = {"customer_email", "customer_id", "customer_phone", "customer_name", "advocate_email", "friend_email"} | {
    "comment",
    "note",
    "attributes",
}
ORDERS = "order_id,ordered_at,total,customer_email,customer_id\n"
ANSWERS = "response_id,responded_at,score,customer_email,comment\n"
ERASURES = "customer_email,customer_id,requested_at,why\n"
EARLY, LATE = "2025-01-01T00:00:00Z", "2025-03-01T00:00:00Z"


@pytest.fixture
def shop(make_shop: Callable[..., Shop]) -> Shop:
    """A shop with a salt."""
    made = make_shop()
    made.settings = made.settings.model_copy(update={"salt": "a salt for the tests"})
    return made


def named(shop: Shop, table: str = "orders") -> list[tuple[object, ...]]:
    """Ids with whom they name, a forgotten person as `x`."""
    key = {"orders": "order_id", "responses": "response_id"}[table]
    return shop.connection.sql(
        f"SELECT {key}, CASE WHEN starts_with(identity, 'x:') THEN 'x' ELSE identity END, customer_email, customer_id "
        f"FROM vault.raw.{table} ORDER BY ALL"
    ).fetchall()


def test_every_text_column_is_declared_as_staying_or_cleared(shop: Shop) -> None:
    texts = {
        column.name
        for kind in read_kinds(shop.connection).values()
        for column in kind.columns
        if column.type == "VARCHAR"
    }
    assert texts == IDS | WORDS | CLEARED


def test_a_request_reaches_all_that_records_connect(shop: Shop) -> None:
    shop.drop(
        "orders.csv",
        ORDERS
        + f"1,{EARLY},1,a@x.example,7\n2,{EARLY},1,,7\n3,{EARLY},1,b@x.example,7\n4,{EARLY},1,b@x.example,8\n"
        + f"5,{EARLY},1,,8\n6,{EARLY},1,,9\n7,{EARLY},1,c@x.example,\n",
    )
    shop.load()
    shop.drop("erasures.csv", ERASURES + f" A@X.example,,{LATE},moved away\n")
    shop.load()
    assert named(shop) == [
        *((str(number), "x", None, None) for number in range(1, 6)),
        ("6", "i:canonical:9", None, "9"),
        ("7", "e:c@x.example", "c@x.example", None),
    ]
    [(people,)] = shop.connection.sql(
        "SELECT count(DISTINCT i.person) FROM vault.raw.orders AS o JOIN vault.raw.identities AS i USING (identity) "
        "WHERE starts_with(identity, 'x:')"
    ).fetchall()
    assert people == 1
    assert shop.rows("identities", "identity")[:2] == [("e:c@x.example",), ("i:canonical:9",)]
    [(mail, number, extra)] = shop.rows("erasures", "customer_email", "customer_id", "extra")
    assert (len(str(mail)), number, extra) == (16, None, None)


def test_a_link_that_lands_later_reaches_what_landed_earlier(shop: Shop) -> None:
    shop.drop("orders.csv", ORDERS + f"1,{EARLY},1,a@x.example,\n2,{EARLY},1,,7\n3,{EARLY},1,c@x.example,\n")
    shop.drop("erasures.csv", ERASURES + f"a@x.example,,{LATE},\n")
    shop.load()
    assert [row[1] for row in named(shop)] == ["x", "i:canonical:7", "e:c@x.example"]
    shop.drop("link.csv", ORDERS + f"4,{EARLY},1,a@x.example,7\n")
    shop.load()
    assert [row[1] for row in named(shop)] == ["x", "x", "e:c@x.example", "x"]


def test_two_forgotten_people_who_turn_out_to_be_one(shop: Shop) -> None:
    shop.drop(
        "orders.csv", ORDERS + f"1,{EARLY},1,a@x.example,\n2,{EARLY},1,,7\n3,2025-03-15T00:00:00Z,1,a@x.example,\n"
    )
    shop.drop("erasures.csv", ERASURES + f"a@x.example,,{LATE},\n,7,2025-04-01T00:00:00Z,\n")
    shop.load()
    people = "SELECT count(DISTINCT person) FROM vault.raw.identities WHERE starts_with(identity, 'x:')"
    assert [row[1] for row in named(shop)] == ["x", "x", "e:a@x.example"]
    assert shop.connection.sql(people).fetchall() == [(2,)]
    shop.drop("link.csv", "customer_email,customer_id,registered_at\na@x.example,7,\n")
    shop.load()
    # The later of the two requests now holds for all their records.
    assert [row[1] for row in named(shop)] == ["x", "x", "x"]
    assert shop.connection.sql(people).fetchall() == [(1,)]
    assert shop.connection.sql("SELECT count(DISTINCT person) FROM vault.raw.tombstones").fetchall() == [(1,)]


def test_the_moment_of_the_request_divides(shop: Shop) -> None:
    shop.drop(
        "answers.csv",
        ANSWERS + f"1,{LATE},9,a@x.example,before\n2,2025-03-01T00:00:01Z,3,a@x.example,after\n",
    )
    shop.drop("accounts.csv", "customer_email,registered_at,updated_at\na@x.example,,2025-04-01T00:00:00Z\n")
    shop.drop("erasures.csv", ERASURES + f"a@x.example,,{LATE},\n")
    shop.load()
    assert shop.rows("responses", "response_id", "score", "customer_email", "comment") == [
        ("1", "9", None, ""),
        ("2", "3", "a@x.example", "after"),
    ]
    # An account without a date counts as old, however often it is changed.
    assert shop.connection.sql("SELECT count(*) FROM vault.raw.customers WHERE customer_email IS NULL").fetchall() == [
        (1,)
    ]


def test_a_refused_request_and_refused_records_say_nothing(shop: Shop) -> None:
    shop.drop("erasures.csv", ERASURES + f"a@x.example,,{LATE},\nb@x.example,,soon,\n")
    shop.drop("orders.csv", ORDERS + f"1,{EARLY},lots,a@x.example,7\n2,{EARLY},lots,,7\n3,{EARLY},lots,c@x.example,\n")
    shop.drop("links.csv", ORDERS + f"4,{EARLY},1,a@x.example,7\n")
    shop.load()
    refused = shop.connection.sql(
        "SELECT kind, record IS NULL, value IS NULL, identity FROM vault.raw.rejected ORDER BY ALL"
    ).fetchall()
    assert refused == [
        ("erasures", True, True, None),
        ("orders", False, False, "e:c@x.example"),
        ("orders", True, True, None),
        ("orders", True, True, None),
    ]


@pytest.mark.slow
def test_an_id_belongs_to_its_source(shop: Shop) -> None:
    shop.format(
        "till.orders.sql",
        "-- recognised by: bon, day, sum, card\nSELECT file_id, row_number, bon AS order_id, day AS ordered_at, "
        "sum AS total, card AS customer_id FROM input",
    )
    shop.drop("till.csv", "bon,day,sum,card\n1,2025-01-01,5,7\n2,2025-01-01,5,8\n")
    shop.drop("orders.csv", ORDERS + f"1,{EARLY},1,,7\n")
    shop.load()
    with pytest.raises(AmbiguousError, match="canonical:7, till:7"):
        forget(shop.connection, shop.settings, "7")
    assert shop.rows("erasures", "file_id") == []
    assert forget(shop.connection, shop.settings, "till:7").records == {"orders": 1}
    assert forget(shop.connection, shop.settings, "8").records == {"orders": 1}
    assert shop.connection.sql(
        "SELECT source, order_id FROM vault.raw.orders WHERE starts_with(identity, 'x:') ORDER BY 2"
    ).fetchall() == [("till", "1"), ("till", "2")]


@pytest.mark.slow
def test_addresses_of_one_form_are_forgotten_together_when_the_rules_say_so(shop: Shop) -> None:
    shop.drop("orders.csv", ORDERS + f"1,{EARLY},1,a.b+shop@gmail.com,\n2,{EARLY},1,ab@googlemail.com,\n")
    shop.drop("erasures.csv", ERASURES + f"ab@gmail.com,,{LATE},\n")
    shop.load()
    assert [row[1] for row in named(shop)] == ["e:a.b+shop@gmail.com", "e:ab@googlemail.com"]
    shop.settings = shop.settings.model_copy(update={"email_rules": ("gmail_dots",)})
    shop.load()
    assert [row[1] for row in named(shop)] == ["e:a.b+shop@gmail.com", "x"]
    shop.settings = shop.settings.model_copy(update={"email_rules": ("gmail_dots", "plus_tags")})
    shop.load()
    assert [row[1] for row in named(shop)] == ["x", "x"]


def test_a_shop_without_requests_does_no_work(shop: Shop) -> None:
    shop.drop("orders.csv", ORDERS + f"1,{EARLY},1,a@x.example,7\n")
    shop.load()
    assert shop.connection.sql("SELECT count(*) FROM vault.raw.rewrites").fetchall() == [(0,)]
    forget(shop.connection, shop.settings, "nobody@x.example")
    assert shop.connection.sql("SELECT count(*) FROM vault.raw.rewrites").fetchall() == [(0,)]
    assert named(shop) == [("1", "e:a@x.example", "a@x.example", "7")]
