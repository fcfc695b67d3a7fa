"""Who is who, independent of the order in which records land."""

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.raw import identity
from pipelines.raw.macros import install_macros
from tests.raw.conftest import Shop

HEAD = "customer_email,customer_id\n"
PEOPLE = "SELECT identity, person FROM vault.raw.identities ORDER BY ALL"


def people(shop: Shop) -> list[tuple[str, str]]:
    return [(one, person) for one, person in shop.frame(PEOPLE).rows()]


@pytest.mark.slow
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
        joined = people(many)
        assert joined == people(one)
        # A person is named by the least identity of the set.
        assert all(person <= one for one, person in joined)
        assert {(person, person) for _, person in joined} <= set(joined)
        one.connection.close()
        many.connection.close()


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


def test_removing_a_format_removes_its_links(make_shop: Callable[..., Shop]) -> None:
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


def test_a_text_that_is_not_an_address_joins_nobody(shop: Shop) -> None:
    shop.drop("a.csv", HEAD + "n/a,1\nn/a,2\n")
    shop.load()
    assert people(shop) == [("i:canonical:1", "i:canonical:1"), ("i:canonical:2", "i:canonical:2")]


RULES = [
    ((), "e:ann+1@mail.example e:ann@mail.example", False),
    (("plus_tags",), "e:ann+1@mail.example e:ann@mail.example", True),
    (("plus_tags",), "e:+1@mail.example e:@mail.example", False),
    (("plus_tags",), "e:a.nn@gmail.com e:ann@gmail.com", False),
    (("gmail_dots",), "e:a.nn@gmail.com e:ann@gmail.com", True),
    (("gmail_dots",), "e:a.nn@gmail.com e:ann@googlemail.com", True),
    (("gmail_dots",), "e:a.nn@mail.example e:ann@mail.example", False),
    (("gmail_dots",), "e:ann+1@gmail.com e:ann@gmail.com", False),
    (("gmail_dots", "plus_tags"), "e:a.nn+1@googlemail.com e:ann+2@gmail.com", True),
    (("gmail_dots", "plus_tags"), "i:canonical:a+1 i:canonical:a", False),
]


@pytest.mark.parametrize(("rules", "two", "are_one"), RULES)
def test_the_form_of_an_address(shop: Shop, rules: tuple[str, ...], two: str, are_one: bool) -> None:
    install_macros(shop.connection)
    [(same,)] = shop.connection.execute(
        "SELECT email_form($1, $3) = email_form($2, $3)", [*two.split(), identity.named(rules)]
    ).fetchall()
    assert same is are_one


@pytest.mark.slow
@pytest.mark.parametrize("rules", [(), ("gmail_dots", "plus_tags")])
def test_changed_rules_hold_as_if_from_the_start(make_shop: Callable[..., Shop], rules: tuple[str, ...]) -> None:
    mails = ["a.b@gmail.com", "ab+x@gmail.com", "ab@googlemail.com", "c+1@x.example", "c@x.example", "d@x.example"]
    by_shop = []
    rows = [f"{mail},{number % 4}\n" for number, mail in enumerate(mails)]
    for history in ((rules,), (("plus_tags",), (), rules), (("gmail_dots",), rules)):
        shop = make_shop()
        for turn, now in enumerate(history):
            shop.settings = shop.settings.model_copy(update={"email_rules": now})
            shop.drop(f"{turn}.csv", HEAD + "".join(rows[turn :: len(history)]))
            shop.load()
        by_shop.append(people(shop))
    assert by_shop[0] == by_shop[1] == by_shop[2]
    # Rules add no identities: only landed ones exist, so a pseudonym changes only where two people are joined.
    assert {one for one, _ in by_shop[0]} == {f"e:{mail}" for mail in mails} | {
        f"i:canonical:{number}" for number in range(4)
    }


def test_changed_rules_move_only_the_people_they_join(shop: Shop) -> None:
    shop.drop("a.csv", f"{HEAD}ann+1@x.example,\nann@x.example,\nbob+1@x.example,\n")
    shop.load()
    for rules, load, persons in (
        (("plus_tags",), "2", {"e:ann+1@x.example", "e:bob+1@x.example"}),
        ((), "3", {"e:ann+1@x.example", "e:ann@x.example", "e:bob+1@x.example"}),
    ):
        shop.settings = shop.settings.model_copy(update={"email_rules": rules})
        assert shop.load().rows == {}
        assert {person for _, person in people(shop)} == persons
        assert dict(shop.rows("identities", "identity", "load_id")) == {
            "e:ann+1@x.example": "1",
            "e:ann@x.example": load,
            "e:bob+1@x.example": "1",
        }


def test_accounts_link_a_person_s_addresses(shop: Shop) -> None:
    """Across files and kinds: a guest order, an account, an answer by the source's id alone."""
    shop.drop("orders.csv", "order_id,ordered_at,total,customer_email\n1,2025-01-01,5,Guest@x.example \n")
    shop.drop("answers.csv", "response_id,responded_at,score,customer_id\n1,2025-02-01,9,7\n2,2025-02-01,9,8\n")
    shop.load()
    assert len({person for _, person in people(shop)}) == 3
    shop.drop("accounts.csv", f"{HEAD}guest@x.example,7\nwork@x.example,7\nwork@x.example,8\n")
    shop.load()
    assert {person for _, person in people(shop)} == {"e:guest@x.example"}
