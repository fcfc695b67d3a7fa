"""A forgotten person is nowhere and the figures stay as they were, whichever came first, request or export."""

from __future__ import annotations

import hashlib
import hmac
import random
from pathlib import Path

import pytest
from law.erasable import ERASURES, NEEDLES, SHOP, remains
from night import copied, figures, hashes, ingest, land, night, published, rows, settings_for

from pipelines.publish import publish
from pipelines.raw.erasure.request import forget
from pipelines.warehouse import compact
from pipelines.warehouse.connection import opened

pytestmark = pytest.mark.slow

VALUES = {"as_of": "2025-06-14T12:00:00Z", "attributes": ("country", "tier", "age_band", "shoe size")}
ADA = hmac.new(b"a salt for the tests", b"e:ada@example.com", hashlib.sha256).hexdigest()[:16]
# Tables with a person's pseudonym, words or their topics; every other one stays the same byte for byte.
PERSONAL = {
    "core.answers",
    "core.customers",
    "core.follow_ups",
    "core.invitations",
    "core.orders",
    "core.referrals",
    "core.response_topics",
    "core.responses",
    "core.reviews_given",
    "loop.audiences",
    "loop.follow_ups",
    "loop.survey_plan",
    "nps.drivers",
    "value.customers",
}


def settings_of(home: Path):
    return settings_for(home, **VALUES)


def aggregates(settings):
    result = hashes(settings)
    assert set(result) >= {"nps.by_period", "nps.by_segment", "value.promoter_value", "core.response_segments"}
    return {table: hashed for table, hashed in result.items() if table not in PERSONAL}


def impersonal(settings):
    """Every table as text, with each pseudonym replaced by the customer's first order and answer."""
    with published(settings) as reader:
        reader.execute(
            """
            CREATE TEMP TABLE known AS SELECT customer_id, 'of ' || (
                coalesce((SELECT min(order_id) FROM core.orders AS o WHERE o.customer_id = c.customer_id), '-') ||
                coalesce((SELECT min(response_id) FROM core.responses AS r WHERE r.customer_id = c.customer_id), '-'))
                AS who FROM core.customers AS c
            """
        ).fetchall()
        names = dict(reader.sql("FROM known").fetchall())
        tables = reader.sql(
            "SELECT schema_name || '.' || table_name FROM duckdb_tables() "
            "WHERE NOT internal AND NOT temporary AND schema_name <> 'ops' ORDER BY 1"
        ).fetchall()
        result = {}
        for (name,) in tables:
            lines = [row for (row,) in reader.sql(f"SELECT CAST(t AS VARCHAR) FROM {name} AS t").fetchall()]
            for pseudonym, who in names.items():
                lines = [line.replace(pseudonym, who) for line in lines]
            result[name] = sorted(lines)
        return result


@pytest.fixture(scope="module")
def untouched(tmp_path_factory):
    """The shop before any request."""
    settings = settings_of(tmp_path_factory.mktemp("untouched"))
    land(settings, SHOP)
    night(settings)
    assert {needle for needle in NEEDLES for line in remains(settings.home, (needle,)) if needle in line} == set(
        NEEDLES
    )
    assert rows(settings, f"SELECT count(*) FROM core.orders WHERE customer_id = '{ADA}'") == [(3,)]
    return settings


@pytest.fixture(scope="module")
def erased(untouched, tmp_path_factory):
    """The shop after a command."""
    settings = copied(untouched, tmp_path_factory.mktemp("erased"), **VALUES)
    audiences = settings.published / "audiences"
    audiences.mkdir()
    (audiences / "thank.csv").write_text("email,reason\nAda@Example.com,promoter\nbob@example.com,promoter\n")
    with opened(settings) as connection:
        settings.home.joinpath("told").write_text(repr(forget(connection, settings, "lovelace@work.example")))
    night(settings)
    return settings


def test_nothing_of_them_is_left(erased):
    (erased.home / "told").unlink(missing_ok=True)
    assert remains(erased.home, (*NEEDLES, ADA)) == []
    assert (erased.published / "audiences" / "thank.csv").read_text() == "email,reason\nbob@example.com,promoter\n"
    assert {path.stat().st_mode & 0o777 for path in (erased.vault_path, erased.warehouse_path)} == {0o600}


def test_score_and_money_still_count(untouched, erased):
    assert aggregates(erased) == aggregates(untouched)
    history = "SELECT order_id IS NOT NULL, ordered_at, gross, net, country, items FROM core.orders ORDER BY ALL"
    assert rows(erased, history) == rows(untouched, history)
    [(orders, people, answers)] = rows(
        erased,
        "SELECT count(*), count(DISTINCT customer_id), "
        "(SELECT count(*) FROM core.responses AS r WHERE r.comment IS NULL AND "
        "r.customer_id IN (SELECT customer_id FROM core.orders WHERE order_id = '1')) "
        "FROM core.orders WHERE country = 'FR' AND gross <> 80",
    )
    assert (orders, people, answers) == (3, 1, 3)


def test_the_others_words_stay(erased):
    assert rows(erased, "SELECT comment FROM core.responses WHERE comment IS NOT NULL ORDER BY 1") == [
        ("Too slow",),
        ("ok",),
    ]
    with opened(erased) as connection:
        notes = connection.sql("SELECT response_id, note, owner FROM vault.raw.follow_ups ORDER BY 1").fetchall()
        assert notes == [("b", "Bob was calm", "care team"), ("e", None, "care team")]
        assert connection.sql(
            "SELECT order_id, extra->>'engraving' FROM vault.raw.order_lines WHERE extra IS NOT NULL"
        ).fetchall() == [("2", "for Bob Stone")]


def test_the_command_reports_what_it_erased(untouched, tmp_path):
    settings = copied(untouched, tmp_path, **VALUES)
    with opened(settings) as connection:
        done = forget(connection, settings, "77")
        assert done.is_known
        assert done.identities == 3
        assert done.records == {
            "customers": 2,
            "invitations": 1,
            "orders": 3,
            "referrals": 2,
            "responses": 4,
            "reviews_given": 1,
        }
        again = forget(connection, settings, "ada@example.com")
        assert (again.is_known, again.records) == (True, done.records)
        assert again.files == done.files == sorted(SHOP)
        nobody = forget(connection, settings, "nobody@example.com")
        assert (nobody.is_known, nobody.records, nobody.files) == (False, {}, [])


@pytest.mark.slow
@pytest.mark.parametrize("who", [" ADA@EXAMPLE.COM "])
def test_an_old_export_does_not_bring_them_back(erased, tmp_path, who):
    settings = settings_of(tmp_path)
    with opened(settings) as connection:
        assert not forget(connection, settings, who).is_known
    land(settings, SHOP)
    night(settings)
    assert remains(settings.home, (*NEEDLES, ADA)) == []
    assert impersonal(settings) == impersonal(erased)
    # The same content under another name, another content with the same records, and all formats read again.
    land(settings, {"again/" + name: text for name, text in SHOP.items()})
    land(settings, {"other/" + name: text.rstrip("\n") + "\n\n" for name, text in SHOP.items()})
    night(settings)
    settings.formats_path.mkdir()
    (settings.formats_path / "x.orders.sql").write_text(
        "-- recognised by: never\nSELECT file_id, row_number FROM input"
    )
    night(settings)
    settings.warehouse_path.unlink()
    night(settings)
    assert remains(settings.home, (*NEEDLES, ADA)) == []
    assert impersonal(settings) == impersonal(erased)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1))
def test_request_and_exports_in_any_order(erased, tmp_path, seed):
    chance = random.Random(seed)
    settings = settings_of(tmp_path)
    files = list({**SHOP, "erasures.csv": ERASURES}.items())
    chance.shuffle(files)
    for number in range(3):
        land(settings, dict(files[number::3]))
        night(settings)
    assert remains(settings.home, (*NEEDLES, ADA)) == []
    assert impersonal(settings) == impersonal(erased)


@pytest.mark.slow
def test_records_after_the_request_make_a_new_customer(tmp_path):
    settings = settings_of(tmp_path)
    new = (
        "order_id,ordered_at,total,currency,customer_email\n"
        "8,2025-06-01T00:00:00Z,10.00,EUR,ada@example.com\n9,2025-06-01T00:00:01Z,20.00,EUR,ada@example.com\n"
    )
    land(settings, {**SHOP, "erasures.csv": ERASURES, "new.csv": new})
    night(settings)
    assert rows(settings, f"SELECT order_id, gross FROM core.orders WHERE customer_id = '{ADA}'") == [("9", 20)]
    [(same,)] = rows(
        settings,
        "SELECT count(DISTINCT customer_id) FROM core.orders WHERE order_id IN ('1', '3', '8')",
    )
    assert same == 1
    # A later request takes that too, into the same history.
    land(settings, {"erasures2.csv": "customer_id,requested_at\n77,2025-06-10T00:00:00Z\n"})
    night(settings)
    assert remains(settings.home, (*NEEDLES, ADA)) == []
    [(same,)] = rows(
        settings,
        "SELECT count(DISTINCT customer_id) FROM core.orders WHERE order_id IN ('1', '3', '8', '9')",
    )
    assert same == 1


def test_a_kill_at_any_step_leaves_whole_files_and_the_next_run_finishes(untouched, tmp_path, monkeypatch):
    settings = copied(untouched, tmp_path, **VALUES)
    with opened(settings) as connection:
        forget(connection, settings, "ada@example.com")
    replaced = []
    replace = Path.replace

    def stop_at_the_second(self, target):
        if str(target).endswith(".duckdb"):
            replaced.append(target)
            if len(replaced) == 2:
                raise KeyboardInterrupt
        return replace(self, target)

    with opened(settings) as connection:
        ingest(connection, settings)
        assert not compact.is_due(connection), "figures still name the person"
        figures(connection, settings)
        assert compact.is_due(connection)
        monkeypatch.setattr(Path, "replace", stop_at_the_second)
        with pytest.raises(KeyboardInterrupt):
            publish(connection, settings)
    monkeypatch.undo()
    with opened(settings) as connection:
        assert compact.is_due(connection)
        publish(connection, settings)
        assert not compact.is_due(connection)
    assert remains(settings.home, (*NEEDLES, ADA)) == []
    assert aggregates(settings) == aggregates(untouched)
