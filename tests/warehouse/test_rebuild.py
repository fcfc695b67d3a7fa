"""Rebuilt working files: the same figures, nobody forgotten returns, and a kill at any moment leaves a usable shop."""

from __future__ import annotations

import os
import shutil

import pytest
from law.erasable import SHOP as ADAS_SHOP
from law.erasable import remains
from night import figures, hashes, land, night, rows, settings_for
from shop_files import SHOP
from warehouse.small_warehouse import python

from pipelines.core.conform import conform
from pipelines.publish import publish
from pipelines.raw.erasure.request import forget
from pipelines.raw.load import load
from pipelines.warehouse.connection import WarehouseError, opened
from pipelines.warehouse.rebuild import (
    VAULT_WHOLE,
    VAULT_WITHOUT_MISSING,
    WAREHOUSE_ONLY,
    MissingError,
    finish_vault,
    months_of_vault,
    opened_for,
)

pytestmark = pytest.mark.slow

AS_OF = "2025-03-31T12:00:00Z"
LATE = "response_id,responded_at,score,customer_email\nz,2025-02-15T09:00:00Z,2,eve@example.com\n"


def new_vault(settings, what=VAULT_WHOLE):
    with opened_for(settings, what, str) as (connection, drafting):
        load(connection, drafting)
        return finish_vault(connection, drafting, what)


def new_warehouse(settings):
    months = months_of_vault(settings)
    with opened_for(settings, WAREHOUSE_ONLY, str) as (connection, drafting):
        conform(connection, drafting)
        figures(connection, drafting, months)
        publish(connection, drafting)
    return months


def files(settings):
    """Which files the working files are, and that there are no drafts."""
    assert [path.name for path in settings.home.iterdir() if "rebuilt" in path.name] == []
    return [path.stat().st_ino for path in (settings.vault_path, settings.warehouse_path, settings.published_path)]


@pytest.fixture
def shop(first_night, tmp_path):
    """A shop after its first night."""
    shutil.copytree(first_night, tmp_path / "home")
    return settings_for(tmp_path / "home", as_of=AS_OF)


def test_warehouse_and_published_file_are_rebuilt_with_equal_figures(shop):
    before, old = hashes(shop), files(shop)
    with opened_for(shop, WAREHOUSE_ONLY, str) as (connection, drafting):
        conform(connection, drafting)
        figures(connection, drafting)
        assert [path.stat().st_ino for path in (shop.warehouse_path, shop.published_path)] == old[1:]
        publish(connection, drafting)
        assert connection.sql("SELECT count(*) > 0 FROM vault.raw.orders").fetchall() == [(True,)]
    new = files(shop)
    assert new[0] == old[0]
    assert new[1] != old[1]
    assert new[2] != old[2]
    assert hashes(shop) == before
    _, conformed = night(shop)
    assert conformed.changes == []


def test_a_warehouse_that_cannot_be_opened_does_not_prevent_a_rebuild(shop):
    before = hashes(shop)
    shop.warehouse_path.write_bytes(b"not a database" * 1000)
    shop.warehouse_path.with_name("warehouse.duckdb.wal").write_bytes(b"of the damaged one")
    new_warehouse(shop)
    assert hashes(shop) == before
    night(shop)
    assert hashes(shop) == before


def test_a_vault_that_cannot_be_opened_is_not_replaced(shop):
    shop.vault_path.write_bytes(b"not a database" * 1000)
    with pytest.raises(WarehouseError, match="it alone holds who was forgotten"):
        new_vault(shop)
    assert shop.vault_path.read_bytes() == b"not a database" * 1000


@pytest.mark.slow
def test_forgotten_people_stay_forgotten_in_a_rebuilt_vault(tmp_path):
    settings = settings_for(tmp_path / "home", as_of=AS_OF)
    land(settings, ADAS_SHOP)
    night(settings)
    with opened(settings) as connection:
        forget(connection, settings, "ada@example.com")
        forget(connection, settings, "nobody@example.com")
    night(settings)
    before = hashes(settings)
    with opened(settings) as connection:
        stored = {
            name: connection.sql(f"FROM vault.raw.{name} ORDER BY ALL").fetchall()
            for name in ("tombstones", "erasures")
        }
    for path in settings.landing.rglob("*"):
        # Under another name, and loaded at once: the vault is a function of the contents.
        if path.is_file():
            path.rename(path.with_name(f"again {path.name}"))
    assert new_vault(settings) == 0
    new_warehouse(settings)
    assert hashes(settings) == before
    with opened(settings) as connection:
        for name, rows in stored.items():
            assert connection.sql(f"FROM vault.raw.{name} ORDER BY ALL").fetchall() == rows
    needles = ("ada@example.com", "lovelace", "analytical", "punched cards", "nobody@example.com")
    assert remains(settings.home, needles) == []


@pytest.mark.slow
def test_missing_files_are_counted_and_lost_only_on_request(shop, tmp_path):
    land(shop, {"late/ann@example.com.csv": LATE})
    night(shop)
    before, old = hashes(shop), files(shop)
    (shop.landing / "late/ann@example.com.csv").unlink()
    with pytest.raises(MissingError) as caught:
        new_vault(shop)
    message = str(caught.value)
    assert "1 files that it holds (1 rows, 1 of them used)" in message
    assert "--without-missing" in message
    assert "ann@example.com" not in message
    assert files(shop) == old
    night(shop)
    assert hashes(shop) == before
    assert new_vault(shop, VAULT_WITHOUT_MISSING) == 1
    # Between the two steps the old warehouse and the new vault are a shop like any other.
    night(shop)
    clean = settings_for(tmp_path / "clean", as_of=AS_OF)
    land(clean, SHOP)
    night(clean)
    assert hashes(shop) == hashes(clean)
    new_warehouse(shop)
    assert hashes(shop) == hashes(clean)


KILLED = """
import os, signal, sys
from pathlib import Path

import pipelines.warehouse.rebuild as inner
import warehouse.test_rebuild as outer
from night import settings_for

def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)

step, place = sys.argv[3].split()
# `attach`, with which the connection continues, follows the rename.
setattr(inner if place in {"take_place", "attach"} else outer, place, die)
(outer.new_vault if step == "vault" else outer.new_warehouse)(settings_for(Path(sys.argv[1]), as_of=sys.argv[2]))
"""
ALL_KILLS = pytest.mark.skipif(
    "NORTHSTAR_TEST_KILLS" not in os.environ, reason="NORTHSTAR_TEST_KILLS asks for every kill; two of eight always run"
)
MOMENTS = [
    "vault attach",
    pytest.param("warehouse publish", marks=pytest.mark.slow),
    *(
        pytest.param(moment, marks=[pytest.mark.slow, ALL_KILLS])
        for moment in (
            "vault load",
            "vault finish_vault",
            "vault take_place",
            "warehouse figures",
            "warehouse take_place",
            "warehouse attach",
        )
    ),
]


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_kill_at_any_moment_leaves_a_usable_shop(shop, moment):
    before = hashes(shop)
    killed = python(KILLED, shop.home, AS_OF, moment)
    _, said = killed.communicate(timeout=120)
    assert killed.returncode == -9, said
    assert hashes(shop) == before
    night(shop)
    files(shop)
    assert hashes(shop) == before
    assert rows(shop, "SELECT count(*) FROM core.orders") == [(6,)]
