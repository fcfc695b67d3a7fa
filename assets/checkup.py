"""`northstar check`: what files would load and what gives reason to doubt it, on one screen.

Here: the words. Not here: loading the files and reading what they gave (pipelines/ops/checkup.py).
"""

import textwrap
from collections.abc import Sequence
from decimal import Decimal

from assets.explanation import readings
from pipelines.ops.checkup import CheckedFile, Checkup, Month, Refusal, Totals
from pipelines.report.doubts import in_doubt
from pipelines.report.language import Language
from pipelines.settings import Settings

MOST_MONTHS = 12
MOST_REASONS = 4


def describe(settings: Settings, found: Checkup) -> str:
    """What the files would load together; nothing was kept."""
    lines = [line for file in found.files for line in _file(file)]
    lines += ["", *_people(found.totals), *_score(settings, found), *_months(found.months, found.currency)]
    reasons = [
        *found.reasons(settings.max_rejected),
        *in_doubt(Language("en", settings.zone, found.currency), found.doubts, found.more_doubts),
    ]
    if reasons:
        told = (textwrap.fill(reason, 110, initial_indent="  ", subsequent_indent="    ") for reason in reasons)
        return "\n".join([*lines, "", "Reasons to doubt:", *told])
    return "\n".join([*lines, "", "Nothing gives reason to doubt these files."])


def gives_doubt(settings: Settings, found: Checkup) -> bool:
    """Whether anything speaks against loading the files as they are."""
    return bool(found.doubts or found.reasons(settings.max_rejected))


def _file(file: CheckedFile) -> list[str]:
    as_what = f" as {file.format}" + (f" ({file.kind})" if file.kind else "") if file.format else ""
    lines = [f"{file.path}: {file.status}{as_what}"]
    if file.rows is not None and file.status != "duplicate":
        span = f", {file.first_day} to {file.last_day}" if file.first_day and file.last_day else ""
        lines[0] += f", {file.rows} row{'s' * (file.rows != 1)}: {file.accepted} accepted, {file.refused} refused{span}"
    if file.reason:
        lines.append(f"  {file.reason}")
    if file.status == "unrecognised":
        lines.append("  `northstar explain` drafts a format for it")
    lines += [f"  {line}" for line in readings(file.readings)]
    lines += [f"  refused: {_refusal(one)}" for one in file.refusals[:MOST_REASONS]]
    if len(file.refusals) > MOST_REASONS:
        rest = sum(one.rows for one in file.refusals[MOST_REASONS:])
        lines.append(f"  refused: {rest} rows for {len(file.refusals) - MOST_REASONS} more reasons")
    return lines


def _refusal(one: Refusal) -> str:
    column = f" {one.column}" if one.column else ""
    value = f", value {one.value!r}" if one.value else ""
    return f"{one.rows}{column} {one.reason}{value}{f'; allowed is {one.allowed}' if one.allowed else ''}"


def _people(totals: Totals) -> list[str]:
    who = f"{totals.buyers} with orders, {totals.respondents} with answers, {totals.both} with both"
    lines = [f"people    {totals.people}: {who}"]
    nobody = []
    if totals.orders_without_person:
        nobody.append(f"{totals.orders_without_person} of {totals.orders} orders")
    if totals.anonymous:
        nobody.append(f"{totals.anonymous} of {totals.answers} answers")
    if nobody:
        lines.append(f"          {' and '.join(nobody)} name nobody")
    if totals.orders_not_counted:
        lines.append(
            f"orders    {totals.orders}, of which {totals.orders_not_counted} do not count "
            "(cancelled, not paid, refunded in full, or without a rate)"
        )
    if totals.first_day and totals.last_day:
        lines.append(f"days      {totals.first_day} to {totals.last_day}")
    return lines


def _score(settings: Settings, found: Checkup) -> list[str]:
    if found.score is None:
        return ["score     no answers"]
    return [
        f"score     NPS {found.score:.1f} of {found.totals.answers} answer{'s' * (found.totals.answers != 1)}   "
        f"({settings.confidence:.0%} interval {found.low:.1f} to {found.high:.1f})"
    ]


def _months(months: Sequence[Month], currency: str | None) -> list[str]:
    if not months:
        return []
    unit = currency or "money"
    lines = ["", f"{'month':<9}{'orders':>8}{f'net {unit}':>16}{'refunded':>14}{'answers':>9}{'NPS':>8}"]
    for one in months[-MOST_MONTHS:]:
        score = f"{one.nps:.1f}" if one.nps is not None else "-"
        money = f"{_money(one.net):>16}{_money(one.refunded):>14}"
        lines.append(f"{one.month:%Y-%m}  {one.orders:>8}{money}{one.answers:>9}{score:>8}")
    earlier = months[:-MOST_MONTHS]
    if earlier:
        net = sum((one.net or Decimal(0) for one in earlier), Decimal(0))
        orders, answers = sum(one.orders for one in earlier), sum(one.answers for one in earlier)
        lines.append(f"{'before':<9}{orders:>8}{_money(net):>16}{'':>14}{answers:>9}   ({len(earlier)} months)")
    return lines


def _money(amount: Decimal | None) -> str:
    return f"{amount:,.2f}" if amount is not None else "-"
