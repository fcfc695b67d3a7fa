"""Nights killed at random over a growing landing folder, and what must hold after each and in the end.

Here: the procedure, for ten kills in the tests (tests/assets/test_crash.py) and two hundred in the benchmarks.
Not here: other ways to be stopped (tests/warehouse/test_adversity.py).
"""

import os
import random
import time
from pathlib import Path
from unittest.mock import patch

import dagster as dg
from forked import shell
from night import broken_checks, hashes, land, rows, settings_for
from night import night as night_without_dagster
from shop_files import SHOP

from pipelines.settings import Settings

AS_OF = "2025-03-31T12:00:00Z"


def check_published(settings: Settings) -> None:
    """The published file opens, is one state of the warehouse, and passes the checks that need no vault."""
    differing = """
        SELECT period_start, nps(c.score) AS recomputed, any_value(p.nps) AS published FROM counted('month') AS c
        FULL JOIN (FROM nps.by_period WHERE grain = 'month' AND stage = 'all') AS p USING (period_start)
        GROUP BY period_start HAVING recomputed IS DISTINCT FROM published
    """
    assert rows(settings, differing) == []
    assert len(hashes(settings, ("core", "nps", "value", "ops"))) > 10
    assert broken_checks(settings) == []


def news(night: int) -> dict[str, str]:
    """What lands before a night: an answer and an order of the next day; the order is refunded later."""
    day = f"2025-03-{1 + night % 28:02d}T{night % 24:02d}:30:00Z"
    who = f"p{night % 7}@example.com"
    order = "order_id,ordered_at,total,currency,customer_email,status,refunded\n"
    order += f"n{night},{day},{20 + night % 50}.00,EUR,{who},paid,"
    files = {
        f"n{night}/answers.csv": f"response_id,responded_at,score,customer_email\nn{night},{day},{night % 11},{who}\n",
        f"n{night}/orders.csv": f"{order}\n",
    }
    if night % 3 == 2:
        files[f"n{night}/refund.csv"] = f"{order}5.00\n".replace("status", "updated_at,status").replace(
            "paid", "2025-03-30T00:00:00Z,refunded"
        )
    return files


def kill_nights(folder: Path, kills: int) -> list[float]:
    """Kill that many nights, let the last one finish and compare with an undisturbed twin; the moments of the kills."""
    settings = settings_for(folder / "home", as_of=AS_OF)
    chance = random.Random(11)
    land(settings, SHOP)
    moments: list[float] = []
    with shell(folder) as commands:
        night_without_dagster(settings)  # the nights that follow compute one month each and take equally long
        land(settings, news(0))
        begun = time.monotonic()
        commands.call(settings.home, NORTHSTAR_AS_OF=AS_OF)
        whole = time.monotonic() - begun
        published = settings.published_path.stat().st_ino
        for kill in range(1, kills + 1):
            land(settings, news(kill))
            moments.append(chance.uniform(0, 1))
            night = commands.start(settings.home, NORTHSTAR_AS_OF=AS_OF)
            time.sleep(whole * moments[-1])
            night.kill()
            assert "waiting" not in night.said.read_text()
            if published != settings.published_path.stat().st_ino:
                published = settings.published_path.stat().st_ino
                check_published(settings)
            if chance.random() < 0.2:
                begun = time.monotonic()
                assert "waiting" not in commands.call(settings.home, NORTHSTAR_AS_OF=AS_OF)
                whole = time.monotonic() - begun
                check_published(settings)
        assert "waiting" not in commands.call(settings.home, NORTHSTAR_AS_OF=AS_OF)
    check_published(settings)
    assert not (settings.home / "lock").read_text()
    # No killed run is taken for a running one.
    records = patch.dict(os.environ, DAGSTER_HOME=str(settings.dagster_home))
    with records, dg.DagsterInstance.get() as instance:
        ended = {run.status for run in instance.get_runs()}
    assert ended == {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}
    assert sorted(path.name for path in settings.published.iterdir()) == ["audiences", "northstar.duckdb"]
    clean = settings_for(folder / "twin", as_of=AS_OF)
    for files in (SHOP, *(news(number) for number in range(kills + 1))):
        land(clean, files)
    night_without_dagster(clean)
    assert hashes(settings) == hashes(clean)
    return moments
