"""The property of damaged exports: the figures are right, or Northstar tells; never a changed figure in silence.

Here: loading draws, comparing figures, asking the checks. Not here: what is drawn (written_exports.py) and damaged
(spreadsheet_damage.py).

All draws of a round are loaded at once, each a file of its own: a file's rows do not depend on others. Its figures are
those of its undamaged table, loaded in the same round. Only draws whose figures changed, and which neither a refusal,
nor a doubt, nor the file's status tells, are then landed alone and conformed, so that the checks can tell.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cases.small_shop import Night

from pipelines.core.conform import conform
from pipelines.raw.load import load
from pipelines.warehouse.connection import opened as connected
from tests.cases.spreadsheet_damage import damaged, dates_as_in, opened
from tests.cases.written_exports import WRITTEN
from tests.raw.conftest import Shop
from tests.raw.vendor_responses import ZONE

Row = tuple[object, ...]
NEWEST = "arg_max({0}, (coalesce(updated_at, file_event_at), row_number))"
DAY = "strftime({0}({1} AT TIME ZONE 'America/Denver'), '%Y-%m-%d')"
# Figures of a file, by what they are of. Records of one id count once, the last one.
FIGURES = {
    "orders": f"""
        SELECT file_id, count(*), sum(total), sum(coalesce(refunded, 0)), list(DISTINCT currency ORDER BY currency),
            count(DISTINCT who), list(status ORDER BY status), {DAY.format("min", "moment")},
            {DAY.format("max", "moment")}
        FROM (
            SELECT file_id, order_id, {NEWEST.format("total")} AS total, {NEWEST.format("refunded")} AS refunded,
                {NEWEST.format("currency")} AS currency, {NEWEST.format("identity")} AS who,
                {NEWEST.format("lower(coalesce(status, ''))")} AS status, {NEWEST.format("ordered_at")} AS moment
            FROM vault.raw.orders GROUP BY ALL
        ) GROUP BY file_id""",
    "order_lines": """
        SELECT file_id, count(*), sum(quantity), sum(quantity * unit_price)
        FROM (SELECT DISTINCT file_id, order_id, line_id, quantity, unit_price FROM vault.raw.order_lines)
        GROUP BY file_id""",
    "responses": f"""
        SELECT file_id, count(*), list(score ORDER BY score), count(DISTINCT who), {DAY.format("min", "moment")},
            {DAY.format("max", "moment")}
        FROM (
            SELECT file_id, response_id, {NEWEST.format("score")} AS score, {NEWEST.format("identity")} AS who,
                {NEWEST.format("responded_at")} AS moment
            FROM vault.raw.responses GROUP BY ALL
        ) GROUP BY file_id""",
    "reviews_given": f"""
        SELECT file_id, count(DISTINCT identity), {DAY.format("min", "given_at")}, {DAY.format("max", "given_at")}
        FROM vault.raw.reviews_given GROUP BY file_id""",
}
# Rows that a file's reasons refuse, and records that its doubts are about.
TOLD = (
    "SELECT file_id, reason, count(*) FROM vault.raw.rejected GROUP BY ALL "
    "UNION ALL SELECT file_id, doubt, sum(records)::BIGINT FROM vault.raw.doubts GROUP BY ALL"
)
CORE = {
    "orders": "SELECT count(*), sum(net), count(DISTINCT customer_id), min(business_date(ordered_at))::VARCHAR, "
    "max(business_date(ordered_at))::VARCHAR FROM core.orders WHERE counts",
    "order_lines": "SELECT count(*), sum(quantity), sum(net) FROM core.order_lines",
    "responses": "SELECT count(*), sum(score), count(DISTINCT customer_id), min(business_date(responded_at))::VARCHAR, "
    "max(business_date(responded_at))::VARCHAR FROM core.responses",
}


@dataclass(frozen=True)
class Draw:
    """One damaged export: its number seeds it."""

    number: int
    name: str
    sound: str
    broken: str
    log: str


@dataclass(frozen=True)
class Silent:
    """A draw whose figures changed without a word."""

    draw: Draw
    before: object
    after: object

    def __str__(self) -> str:
        return f"draw {self.draw.number}, {self.draw.name}, {self.draw.log}: {self.before} became {self.after}"


def draw(number: int) -> Draw:
    """The draw of a number; all formats take turns."""
    chance = random.Random(number)
    name = list(WRITTEN)[number % len(WRITTEN)]
    sound = WRITTEN[name](chance)
    table = opened(name, sound)
    broken = damaged(table, chance)
    # The truth has days that are read in one way only, so that it is known where the export itself is refused.
    return Draw(number, name, dates_as_in(table, "iso").text(), broken.text(), "; ".join(broken.log))


def changed_in_silence(home: Path, numbers: Iterable[int]) -> list[Silent]:
    """The draws that break the property."""
    draws = [draw(number) for number in numbers]
    suspects = _suspects(home / "all", draws)
    return [found for one in suspects if (found := _alone(home, one))]


def _suspects(home: Path, draws: list[Draw]) -> list[Draw]:
    """Draws whose rows say something else, untold by a refusal, a status or a doubt of the file."""
    shop = Shop(home, str(ZONE))
    for one in draws:
        shop.drop(f"{one.number}/sound.csv", one.sound)
        shop.drop(f"{one.number}/broken.csv", one.broken)
    shop.load()
    files = {
        path: (file, status)
        for path, file, status in shop.connection.sql(
            "SELECT path, file_id, f.status FROM vault.raw.paths JOIN vault.raw.files AS f USING (file_id)"
        ).fetchall()
    }
    said: dict[str, Counter[str]] = {}
    for file, what, count in shop.connection.sql(TOLD).fetchall():
        said.setdefault(file, Counter())[what] = count
    figures: dict[str, dict[str, Row]] = {}
    for kind, query in FIGURES.items():
        for file, *values in shop.connection.sql(query).fetchall():
            figures.setdefault(file, {})[kind] = tuple(values)
    shop.connection.close()
    suspects = []
    for one in draws:
        sound, status = files[f"{one.number}/sound.csv"]
        assert status == "loaded", f"{one.name} does not load as written: {one.sound}"
        broken, status = files[f"{one.number}/broken.csv"]
        is_told = status != "loaded" or said.get(broken, Counter()) - said.get(sound, Counter())
        if not is_told and figures.get(sound) != figures.get(broken):
            suspects.append(one)
    return suspects


def _alone(home: Path, one: Draw) -> Silent | None:
    """The draw, if core's figures change too and no check tells."""
    nights = [Night(home / f"{one.number}-{kind}", timezone=str(ZONE)) for kind in ("sound", "broken")]
    nights[0].land(("file.csv", one.sound))
    nights[1].land(("file.csv", one.broken))
    (before, spoken), (after, told) = map(_of, nights)
    return Silent(one, before, after) if before != after and not told - spoken else None


def _of(night: Night) -> tuple[object, set[Row]]:
    """Core's figures, and what the checks of doubts tell."""
    with connected(night.settings) as connection:
        load(connection, night.settings)
        conform(connection, night.settings)
        figures = {kind: connection.sql(CORE[kind]).fetchall() for kind in sorted(CORE)}
        told = set(connection.sql("SELECT doubt, kind, subject, records FROM ops.doubts").fetchall())
        return figures, told
