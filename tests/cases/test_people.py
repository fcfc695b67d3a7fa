"""Who is who end to end: customers by phone, addresses that many people use, and erasing by number."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from random import Random

import pytest

from pipelines.core.conform import conform
from pipelines.raw.erasure.request import AmbiguousError, forget
from pipelines.raw.load import load
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened

HEADER = "order_id,ordered_at,total,customer_email,customer_phone,customer_name,country\n"
DOUBTS = (
    "SELECT doubt, records, money, example, split_part(advice, ':', 1) "
    "FROM ops.doubts WHERE doubt LIKE 'shared%' ORDER BY ALL"
)
CUSTOMERS = "SELECT list(order_id ORDER BY order_id) FROM core.orders GROUP BY customer_id ORDER BY ALL"
ANN = "+4915112345678"


@pytest.fixture
def settings(tmp_path):
    made = Settings(home=tmp_path, salt="a salt for the tests", currency="EUR", as_of=datetime(2026, 6, 1, tzinfo=UTC))
    made.landing.mkdir()
    return made


def night(connection, settings, *queries):
    load(connection, settings)
    conform(connection, settings)
    return [connection.sql(query).fetchall() for query in queries]


def test_core_follows_when_a_number_changes_hands(settings):
    landing = settings.landing
    (landing / "a.csv").write_text(HEADER + f"1,2025-05-02,10,a@shop.test,{ANN},,\n2,2025-05-01,10,,{ANN},,\n")
    with opened(settings) as connection:
        assert night(connection, settings, CUSTOMERS) == [[(["1", "2"],)]]
        (landing / "b.csv").write_text(HEADER + f"3,2025-05-03,10,b@shop.test,{ANN},,\n")
        first = "SELECT count(*), count(DISTINCT first_order_at) FROM core.customers"
        assert night(connection, settings, CUSTOMERS, first) == [[(["1"],), (["2"],), (["3"],)], [(3, 3)]]
        told = connection.sql("SELECT * FROM core.customers ORDER BY ALL").fetchall()
        connection.execute("DELETE FROM ops.state WHERE name = 'core_fingerprint'")
        night(connection, settings)
        assert connection.sql("SELECT * FROM core.customers ORDER BY ALL").fetchall() == told


def test_an_address_of_many_names_or_many_orders_a_day_is_told(settings):
    names = ["Ann Lee", "LEE Ann", "Bob Ray", "Cleo Fox", "Dan Oak", "Eve Elm"]
    lines = [f"m{n},2025-05-{n + 1:02},10,market@bay.test,,{name},\n" for n, name in enumerate(names)]
    lines += [f"s{day}{n:02},2025-06-0{day},2,shop@shop.test,,,\n" for day in (1, 2) for n in range(10)]
    lines += [f"p{n},2025-05-{n + 1:02},1,,{ANN},{name},\n" for n, name in enumerate(names)]
    # A household, and one busy day.
    lines += [f"h{n},2025-05-{n + 1:02},10,home@home.test,,{name},\n" for n, name in enumerate(names[:5])]
    lines += [f"b{n:02},2025-07-01,2,busy@shop.test,,Bo,\n" for n in range(12)]
    (settings.landing / "a.csv").write_text(HEADER + "".join(lines))
    with opened(settings) as connection:
        [found] = night(connection, settings, DOUBTS)
    assert found == [
        ("shared_address", 6, Decimal("60.00"), "m0", "one e-mail address has 5 different names"),
        ("shared_address", 20, Decimal("40.00"), "s100", "one e-mail address has 2 days of 10 or more orders"),
        ("shared_phone", 6, Decimal("6.00"), "p0", "one phone number has 5 different names"),
    ]


def test_what_is_told_names_nobody(settings):
    lines = [f"{n},2025-05-01,10,market@bay.test,,Name {'abcdef'[n]},\n" for n in range(6)]
    (settings.landing / "a.csv").write_text(HEADER + "".join(lines))
    with opened(settings) as connection:
        [[row], customers] = night(
            connection,
            settings,
            "FROM ops.doubts WHERE doubt = 'shared_address'",
            "SELECT customer_id FROM core.customers",
        )
    assert f"customer {customers[0][0]}" in row
    assert not any(word in str(row) for word in ("market@", "bay.test", "Name"))
    declared = settings.model_copy(update={"shared_addresses": ("market@bay.test",)})
    with opened(declared) as connection:
        assert night(connection, declared, DOUBTS, "SELECT count(customer_id), sum(net) FROM core.orders") == [
            [],
            [(0, 60)],
        ]


def test_numbers_that_cannot_be_read_are_told_until_the_country_is(settings):
    lines = ["1,2025-05-01,10,,0151 12345678,,\n", "2,2025-05-02,10,,4.91511E+12,,\n", "3,2025-05-03,10,,0000000,,\n"]
    lines += [f"4,2025-05-04,10,,{ANN},,\n", "5,2025-05-05,10,a@shop.test,0151 12345678,,\n"]
    (settings.landing / "a.csv").write_text(HEADER + "".join(lines))
    told = "SELECT records, money, example FROM ops.doubts WHERE doubt = 'unread_phone'"
    for country, shared, found in (
        (None, (), [(2, 20, "1")]),
        (None, (ANN,), [(1, 10, "2")]),
        ("DE", (), [(1, 10, "2")]),
    ):
        changed = settings.model_copy(update={"country": country, "shared_addresses": shared})
        with opened(changed) as connection:
            assert night(connection, changed, told) == [found]


def test_erasing_by_number(settings):
    (settings.landing / "a.csv").write_text(
        HEADER + f"1,2025-05-02,10,a@shop.test,0151 12345678,Ann,DE\n2,2025-05-01,10,,{ANN},Ann,\n"
        "3,2025-05-01,10,b@shop.test,+33612345678,Bob,\n4,2025-05-01,10,c@shop.test,+33612345678,Cleo,\n"
    )
    with opened(settings) as connection:
        night(connection, settings)
        with pytest.raises(AmbiguousError, match="2 people have that phone number"):
            forget(connection, settings, "+33 6 12 34 56 78")
        forgotten = forget(connection, settings, "+49 151 12345678")
        assert (forgotten.is_known, forgotten.records, forgotten.files) == (True, {"orders": 2}, ["a.csv"])
        night(connection, settings)
        cleaned = (
            "SELECT order_id, left(identity, 2), customer_phone, customer_name, phone_identity FROM vault.raw.orders"
        )
        assert connection.sql(f"{cleaned} ORDER BY order_id LIMIT 2").fetchall() == [
            ("1", "x:", None, None, None),
            ("2", "x:", None, None, None),
        ]
        # Neither an old export nor another spelling brings the person back; a later order is a new customer's.
        (settings.landing / "b.csv").write_text(
            HEADER
            + f"5,2025-05-03,10,,0049 151 12345678,Ann,\n6,{datetime.now(UTC):%Y-%m-%d} 23:59:59,10,,{ANN},Ann,\n"
        )
        load(connection, settings)
        assert connection.sql(
            "SELECT left(identity, 2) FROM vault.raw.orders WHERE order_id IN ('5', '6')"
        ).fetchall() == [
            ("x:",),
            ("p:",),
        ]
        assert ANN[1:] not in str(connection.sql("SELECT * FROM vault.raw.orders WHERE order_id < '3'").fetchall())


def test_a_file_of_erasures_may_name_numbers(settings):
    (settings.landing / "erasures.csv").write_text("customer_phone,requested_at\n0151 12345678,2025-12-01\n")
    (settings.landing / "a.csv").write_text(
        HEADER + f"1,2025-05-02,10,a@shop.test,{ANN},Ann,\n2,2025-05-01,10,,{ANN},,\n"
    )
    german = settings.model_copy(update={"country": "DE"})
    with opened(german) as connection:
        night(connection, german)
        rows = connection.sql(
            "SELECT left(identity, 2), customer_email, customer_phone FROM vault.raw.orders"
        ).fetchall()
        assert rows == [("x:", None, None)] * 2
        [(kept,)] = connection.sql("SELECT customer_phone FROM vault.raw.erasures").fetchall()
        assert "12345678" not in kept


def random_files(rng):
    """A few orders, answers and accounts that share addresses, an id, numbers and statuses."""
    phones = ["", "", "0151 12345678", ANN, "06 12 34 56 78"]
    files = {}
    for turn in range(4):
        lines = []
        for number in range(rng.randint(1, 4)):
            phone = rng.choice(phones)
            lines.append(
                f"{rng.choice('abcdefg')}{number},2025-0{rng.randint(1, 6)}-01,{rng.randint(1, 50)},"
                f"{rng.choice(['', 'a@shop.test', 'b@shop.test'])},{rng.choice(['', '', '1'])},{phone},"
                f"{'FR' if phone.startswith('06') else 'DE'},"
                f"{rng.choice(['paid', 'Storniert', 'odd', 'pending', ''])}\n"
            )
        header = "order_id,ordered_at,total,customer_email,customer_id,customer_phone,country,status\n"
        files[f"orders{turn}.csv"] = header + "".join(lines)
    answers = (f"r{n},2025-08-10,{rng.randint(0, 10)},,{rng.choice(phones[2:])}\n" for n in range(3))
    files["answers.csv"] = "response_id,responded_at,score,customer_email,customer_phone\n" + "".join(answers)
    files["accounts.csv"] = "customer_email,customer_id,customer_phone\na@shop.test,1,\nb@shop.test,,+33612345678\n"
    return files


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_core_and_doubts_do_not_depend_on_the_order_of_loads(tmp_path, seed):
    rng = Random(seed)
    files, found = random_files(rng), []
    for attempt in range(2):
        settings = Settings(
            home=tmp_path / str(attempt),
            salt="a salt for the tests",
            currency="EUR",
            country="DE",
            as_of=datetime(2026, 1, 1, tzinfo=UTC),
        )
        settings.landing.mkdir(parents=True)
        with opened(settings) as connection:
            for name in rng.sample(sorted(files), len(files)):
                (settings.landing / name).write_text(files[name])
                if attempt:
                    night(connection, settings)
            tables = (
                "core.orders",
                "core.customers",
                "core.responses",
                "core.order_segments",
                "core.response_segments",
            )
            queries = [f"SELECT * FROM {table} ORDER BY ALL" for table in tables]
            doubts = "SELECT doubt, subject, records, money, example FROM ops.doubts ORDER BY ALL"
            found.append(night(connection, settings, *queries, doubts))
    assert found[0] == found[1]
