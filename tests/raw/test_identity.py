"""Who is who does not depend on when it was learnt."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.raw.conftest import Shop

HEAD = "customer_email,customer_id\n"
PEOPLE = "SELECT identity, person FROM vault.raw.identities ORDER BY ALL"


def people(shop: Shop) -> list[tuple[str, str]]:
    return [(identity, person) for identity, person in shop.frame(PEOPLE).rows()]


@settings(max_examples=12, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=25),
    st.randoms(use_true_random=False),
)
def test_loads_in_any_order_are_one_load(edges: list[tuple[int, int, int]], draw: object) -> None:
    with TemporaryDirectory() as folder:
        one, many = Shop(Path(folder) / "one"), Shop(Path(folder) / "many")
        rows = [f"a{mail}@example.com,{number}" for mail, number, _ in edges]
        one.drop("all.csv", HEAD + "\n".join(rows) + "\n")
        one.load()
        loads = [[row for row, edge in zip(rows, edges, strict=True) if edge[2] == turn] for turn in range(4)]
        draw.shuffle(loads)  # type: ignore[attr-defined]
        for number, load in enumerate(loads):
            if load:
                many.drop(f"{number}.csv", HEAD + "\n".join(load) + "\n")
                many.load()
        found = people(many)
        assert found == people(one)
        # a person is the least identity of the set it names
        assert all(person <= identity for identity, person in found)
        assert {(person, person) for _, person in found} <= set(found)
        one.con.close()
        many.con.close()


def test_only_changed_rows_get_the_loads_number(shop: Shop) -> None:
    shop.drop("a.csv", HEAD + "b@example.com,1\nz@example.com,9\n")
    shop.load()
    shop.drop("b.csv", HEAD + "a@example.com,1\n")
    shop.load()
    assert shop.rows("identities", "identity", "person", "load_id") == [
        ("e:a@example.com", "e:a@example.com", "2"),
        ("e:b@example.com", "e:a@example.com", "2"),
        ("e:z@example.com", "e:z@example.com", "1"),
        ("i:canonical:1", "e:a@example.com", "2"),
        ("i:canonical:9", "e:z@example.com", "1"),
    ]


def test_a_long_chain_is_one_person(shop: Shop) -> None:
    shop.drop("a.csv", HEAD + "".join(f"p{n}@example.com,{n}\np{n}@example.com,{n + 1}\n" for n in range(3000)))
    shop.load()
    assert shop.frame("SELECT count(*), count(DISTINCT person) FROM vault.raw.identities").row(0) == (6001, 1)


def test_a_format_taken_back_takes_its_links_back(make_shop: Callable[..., Shop]) -> None:
    shop = make_shop()
    shop.format(
        "links.customers.sql",
        "-- source: canonical\n-- recognised by: mail, number\n"
        "SELECT file_id, row_number, mail AS customer_email, number AS customer_id FROM input",
    )
    shop.drop("a.csv", HEAD + "a@example.com,1\nb@example.com,2\n")
    shop.drop("b.csv", "mail,number\na@example.com,2\n")
    shop.load()
    assert {person for _, person in people(shop)} == {"e:a@example.com"}
    (shop.settings.formats_path / "links.customers.sql").unlink()
    shop.load()
    assert people(shop) == [
        ("e:a@example.com", "e:a@example.com"),
        ("e:b@example.com", "e:b@example.com"),
        ("i:canonical:1", "e:a@example.com"),
        ("i:canonical:2", "e:b@example.com"),
    ]
    assert shop.rows("identities", "identity", "load_id")[::2] == [("e:a@example.com", "1"), ("i:canonical:1", "1")]
    assert shop.rows("identities", "identity", "load_id")[1::2] == [("e:b@example.com", "2"), ("i:canonical:2", "2")]


def test_what_is_no_address_joins_nobody(shop: Shop) -> None:
    shop.drop("a.csv", HEAD + "n/a,1\nn/a,2\n")
    shop.load()
    assert people(shop) == [("i:canonical:1", "i:canonical:1"), ("i:canonical:2", "i:canonical:2")]
