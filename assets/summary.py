"""The summary after a run: the newest score, what customers are worth, what was left out, where to look next.

Here: the words. Not here: reading the published file (pipelines/ops/headlines.py) and computing any figure.
"""

from collections.abc import Sequence
from pathlib import Path

from pipelines.ops.doubts import Doubted
from pipelines.ops.files import MostlyRefused
from pipelines.ops.headlines import Headlines, LeftOut, Score, Worth, Year
from pipelines.settings import Settings
from pipelines.statistics.own_point import FEWEST


def summary(settings: Settings, headlines: Headlines | None, landing: Path) -> str:
    """The summary of what is published. landing: where exports go."""
    if headlines is None:
        return "Nothing is published yet."
    lines = [
        *_score(settings, headlines.score),
        *_year(settings, headlines.year),
        *_worth(settings, headlines.worth, headlines.currency),
        *_left_out(headlines.left_out),
        *_doubts(headlines),
        "",
        f"published file   {settings.published_path}",
        f"exports go to    {landing}",
        "",
        "next             northstar status        what landed, what was refused, what is stale",
        "                 northstar ui            schedules, backfills and checks in the browser",
    ]
    return "\n".join(lines)


def _score(settings: Settings, score: Score | None) -> list[str]:
    if score is None:
        return ["No complete month with answers yet."]
    interval = f"{settings.confidence:.0%} interval {score.low:.1f} to {score.high:.1f}"
    lines = ["", f"NPS of {score.month:%B %Y}: {score.nps:.1f}   ({interval}, {score.responses} answers)"]
    if score.change is not None:
        lines.append(
            f"  change to the month before: {score.change:+.1f} points   "
            f"(interval {score.change_low:+.1f} to {score.change_high:+.1f})"
        )
    if not score.is_reliable:
        lines.append(_few(settings))
    elif score.is_change_reliable is False:
        lines.append("  the month before has too few answers: its change is not reliable")
    return lines


def _few(settings: Settings) -> str:
    return f"  fewer than {max(settings.min_responses, FEWEST)} answers: not reliable"


def _year(settings: Settings, year: Year | None) -> list[str]:
    if year is None:
        return []
    interval = f"{settings.confidence:.0%} interval {year.low:.1f} to {year.high:.1f}"
    lines = [
        f"NPS of the 365 days to {year.last_day.day} {year.last_day:%B %Y}: {year.nps:.1f}   "
        f"({interval}, {year.responses} answers)"
    ]
    if not year.is_reliable:
        lines.append(_few(settings))
    if year.buyers is not None:
        lines.append(
            f"  speaks for those who answered: {year.answered} of these days' {year.buyers} buyers, "
            "and not for the others"
        )
    if year.everybody_low is not None:
        lines.append(
            f"  all {year.buyers} of them, had all answered: between {year.everybody_low:.1f} and "
            f"{year.everybody_high:.1f} (nps.everybody says by which assumptions)"
        )
    if year.weighting_effect is not None:
        lines.append(
            f"  weighted to all kinds of buyers {year.weighted_nps:.1f}: the weights moved the {year.linked_nps:.1f} "
            f"of the same {year.linked_responses} answers by {year.weighting_effect:+.1f}"
        )
    if year.every_responses > year.responses:
        lines.append(
            "  a year can be lower than each of its months, because those who like a shop order and answer often and "
            f"count once in it: nps says what customers think, every_nps ({year.every_nps:.1f} of "
            f"{year.every_responses} answers) compares with months"
        )
    return lines


def _worth(settings: Settings, categories: Sequence[Worth], currency: str | None) -> list[str]:
    if not categories:
        return ["What customers are worth is unknown: no order with a known currency rate yet."]
    unit = f" {currency}" if currency else ""
    lines = ["", "What a customer is worth so far, own orders and friends referred (an association, not an effect):"]
    for one in categories:
        interval = (
            f"{settings.confidence:.0%} interval {one.low:,.2f} to {one.high:,.2f}, " if one.low is not None else ""
        )
        few = "" if one.is_reliable else ": too few to rely on"
        lines.append(f"  {one.category:<11}{one.total:>12,.2f}{unit}   ({interval}{one.customers} customers{few})")
    return lines


def _left_out(left_out: LeftOut) -> list[str]:
    files = [f"{_many(count, 'file')} {status}" for status, count in left_out.files.items()]
    lines = ["", ", ".join([*files, f"{_many(left_out.refused_rows, 'row')} refused (ops.rejected says why)"])]
    if left_out.superseded_answers:
        answers = _many(left_out.superseded_answers, "answer")
        lines.append(f"{answers} of one moment set aside for another (ops.superseded says which)")
    if left_out.orders_without_rate:
        lines.append(
            f"{left_out.orders_without_rate} orders count no money: set NORTHSTAR_CURRENCY, drop exchange_rates"
        )
    return [*lines, *mostly_refused(left_out.mostly_refused, left_out.more_mostly_refused)]


def _doubts(headlines: Headlines) -> list[str]:
    lines = in_doubt(headlines.doubts, headlines.more_doubts, headlines.currency)
    return ["", "Counted, and in doubt (ops.doubts):", *(f"  {line}" for line in lines)] if lines else []


def in_doubt(doubts: Sequence[Doubted], more: int, currency: str | None) -> list[str]:
    """A line for every reason to doubt what counts, and one for those not listed."""
    lines = []
    for one in doubts:
        what = " ".join(part for part in (one.path, one.kind, one.subject) if part)
        money = f", {one.money:,.2f} {currency or ''}".rstrip() if one.money is not None else ""
        example = f" (for example {one.example})" if one.example else ""
        lines.append(f"{one.doubt}: {what}, {_many(one.records, 'record')}{money}{example}: {one.advice}")
    return [*lines, *([f"and {more} more, in ops.doubts"] if more else [])]


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' if count != 1 else ''}"


def mostly_refused(files: Sequence[MostlyRefused], more: int) -> list[str]:
    """A line for every file with many refused rows, and one for those not listed."""
    lines = [f"{file.path}: {file.refused} of {file.rows} rows refused, mostly {file.reasons}" for file in files]
    return [*lines, *([f"and {more} more files of which many rows are refused"] if more > 0 else [])]
