"""`northstar explain` and `northstar formats`: what one file would do, and which formats there are, in words.

Here: the words. Not here: trying a file (pipelines/raw/trial.py) and reading formats (pipelines/raw/formats.py).
"""

from collections.abc import Sequence

from pipelines.raw.formats import Formats
from pipelines.raw.trial import Told, Trial


def explanation(trials: Sequence[Trial]) -> str:
    """What one file would do, and each of its members; nothing was loaded."""
    lines: list[str] = []
    for trial in trials:
        as_what = f" as {trial.format}" + (f" ({trial.kind})" if trial.kind else "") if trial.format else ""
        lines.append(f"{trial.path or 'the file'}: {trial.status}{as_what}")
        lines += _outcome(trial)
        if trial.draft and trial.tried:
            lines += ["", "With the draft below, as it stands, the file", *_outcome(trial.tried), "", trial.draft.text]
    return "\n".join(lines)


def _outcome(trial: Trial) -> list[str]:
    """What became of the rows of one content."""
    lines = [f"  {trial.reason}"] if trial.reason else []
    if trial.rows is not None:
        lines.append(f"  {trial.rows} rows: {trial.accepted} accepted, {trial.rejected} refused")
    if trial.first_event_at is not None and trial.last_event_at is not None:
        lines.append(f"  from {trial.first_event_at:%Y-%m-%d} to {trial.last_event_at:%Y-%m-%d}")
    lines += [f"  {count} {kind}" for kind, count in trial.records.items()]
    lines += [f"  {line}" for line in readings(trial.readings)]
    if trial.nps is not None:
        lines.append(f"  NPS {trial.nps:.1f} of {trial.answers} answer{'s' if trial.answers != 1 else ''}")
    for money in trial.money:
        refunded = f", {money.refunded:,.2f} refunded" if money.refunded else ""
        orders = f"{money.orders} order{'s' if money.orders != 1 else ''} of whatever status"
        lines.append(f"  money {money.total:,.2f} {money.currency or '(no currency)'} in {orders}{refunded}")
    lines += [f"  refused: {count} {reason}" for reason, count in trial.reasons]
    for row, column, reason, value, allowed in trial.first_refused:
        line = f"  row {row}: {column or 'the row'} {reason}"
        lines.append(line + (f", value {value!r}" if value else "") + (f"; allowed is {allowed}" if allowed else ""))
    return lines


def readings(told: Sequence[Told]) -> list[str]:
    """How days and amounts were read that can be read in two ways, and what told it; a line for each column."""
    words = {"day": "day first", "month": "month first", ".": "decimal point", ",": "decimal comma"}
    lines = []
    for one in told:
        why = "nothing tells which" if one.told_by == "nothing" else f"it has {one.told_by}"
        otherwise = f"{one.column}: not read where it can be read in two ways, {why}"
        lines.append(f"{one.column}: {words[one.reading]}, told by {one.told_by}" if one.reading else otherwise)
    return lines


def format_list(formats: Formats) -> str:
    """Every format with its source, its place and the columns it is recognised by; then files that are no format."""
    lines = []
    for one in formats.all:
        where = "own" if one.is_own else "in the program" if one.is_canonical else "shipped"
        either = [" or ".join(one.kind.either)] if one.is_canonical and one.kind.either else []
        lines += [f"{one.name}", f"  source {one.source}, {where}{f': {one.where}' if one.where else ''}"]
        lines.append(f"  recognised by: {', '.join([*one.recognised, *either])}")
        if one.fault:
            lines.append(f"  cannot be used: {one.fault}")
    lines += [f"not used: {problem}" for problem in formats.problems]
    return "\n".join(lines)
