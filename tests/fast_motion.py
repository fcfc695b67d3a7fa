"""An unattended shop over several nights: files late, twice, damaged and corrected, one crash, one full disk.

Here: what lands when, the nights, and the one clean run over everything to compare with. Not here: how many nights
(tests/law/test_unattended.py, tests/benchmarks/bench_unattended.py).
"""

import gzip
import random
import signal
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

from forked import shell
from night import broken_checks, hashes, land, night, settings_for

FIRST = date(2025, 5, 24)
ORDERS = "order_id,ordered_at,total,currency,customer_email,status,refunded,updated_at\n"
ANSWERS = "response_id,responded_at,score,customer_email,comment,updated_at\n"


def day_of(number: int, chance: random.Random) -> dict[str, str]:
    """The orders and answers of a day, and a correction of an older day's."""
    day = FIRST + timedelta(days=number)
    orders = [
        f"o{number}-{n},{day}T{9 + n:02d}:00:00Z,{chance.randrange(10, 300)}.50,EUR,"
        f"c{chance.randrange(30)}@example.com,paid,,"
        for n in range(4)
    ]
    answers = [
        f"a{number}-{n},{day}T{12 + n:02d}:30:00Z,{chance.randrange(11)},c{chance.randrange(30)}@example.com,fine,"
        for n in range(5)
    ]
    if number > 2:
        old, when = number - chance.randrange(2, number), f"{day}T18:00:00Z"
        asked = FIRST + timedelta(days=old)
        orders.append(f"o{old}-1,{asked}T10:00:00Z,99.00,EUR,c1@example.com,refunded,{old}.00,{when}")
        answers.append(f"a{old}-1,{asked}T13:30:00Z,{chance.randrange(11)},c1@example.com,second thoughts,{when}")
    return {
        f"{day}/orders.csv": ORDERS + "\n".join(orders) + "\n",
        f"{day}/answers.csv": ANSWERS + "\n".join(answers) + "\n",
    }


def deliveries(nights: int, chance: random.Random) -> dict[int, dict[str, bytes]]:
    """What lands before each night: most files on their day, some later, some twice, some damaged at first."""
    landing: dict[int, dict[str, bytes]] = defaultdict(dict)
    for number in range(nights):
        for name, text in day_of(number, chance).items():
            content = text.encode()
            fate = chance.choice(("on time", "on time", "late", "twice", "cut", "packed and cut"))
            late = min(nights - 1, number + chance.randrange(1, 6))
            if fate == "late":
                landing[late][name] = content
            elif fate == "cut":  # in the middle of a row, then whole under the same name
                landing[number][name] = content[: len(content) * 2 // 3]
                landing[late][name if late > number else f"whole/{name}"] = content
            elif fate == "packed and cut":
                packed = gzip.compress(content, mtime=0)
                landing[number][f"{name}.gz"] = packed[:-20]
                landing[late][f"{name}.gz" if late > number else f"whole/{name}.gz"] = packed
            else:
                landing[number][name] = content
                if fate == "twice":
                    landing[late][f"again/{name}"] = content
    return landing


def unattended(folder: Path, nights: int, seed: int) -> int:
    """Run consecutive nights, one killed and one on a full disk; returns the number of contents that landed.

    Asserts that the published file passes its checks after each night, and that every table bound by the law ends up
    equal to that of one clean run over everything that landed.
    """
    chance = random.Random(seed)
    landing = deliveries(nights, chance)
    crash, full = chance.sample(range(nights // 2, nights - 1), 2)
    clean_landing = settings_for(folder / "clean")
    for number in range(nights):
        as_of = f"{FIRST + timedelta(days=number + 1)}T02:00:00+00:00"
        settings = settings_for(folder / "home", as_of=as_of)
        land(settings, landing[number])
        land(clean_landing, {f"night{number}/{name}": content for name, content in landing[number].items()})
        if number in {crash, full}:
            before = settings.published_path.stat().st_ino
            with shell(folder) as commands:
                if number == crash:
                    run = commands.start(settings.home, dies_at="done   core", NORTHSTAR_AS_OF=as_of)
                    assert run.end() == -signal.SIGKILL
                else:
                    most = settings.vault_path.stat().st_size
                    run = commands.start(settings.home, most=most, NORTHSTAR_AS_OF=as_of)
                    assert run.end() == 1
                    assert "There is no room left on the disk" in run.said.read_text()
            assert settings.published_path.stat().st_ino == before, run.said.read_text()
        else:
            night(settings)
        assert broken_checks(settings) == []
    clean = settings_for(folder / "clean", as_of=settings.as_of)
    night(clean)
    assert hashes(settings) == hashes(clean)
    return sum(map(len, landing.values()))
