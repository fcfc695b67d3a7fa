"""`northstar why`: why a month's figures are not what they were, in words.

Here: the words, headlines first. Not here: reading the log of restatements (pipelines/ops/why.py).
"""

from collections.abc import Sequence
from datetime import datetime

from pipelines.ops.why import HeadlineMoves, History, OtherMoves

MOST_LINES = 20


def describe(history: History) -> str:
    """What moved in a month since it was first published as a closed month."""
    month, first = f"{history.month:%Y-%m}", history.first_published
    if first is None:
        return f"{month} is open: its figures move with every night until it has ended."
    lines = [line for headline in history.headlines for line in _headline(headline)] + _others(history.others)
    if not lines:
        return f"Nothing of {month} has moved since it was published on {_moment(first)}."
    return "\n".join([f"{month}, first published on {_moment(first)}:", *lines])


def _headline(headline: HeadlineMoves) -> list[str]:
    first, last = headline.moves[0], headline.moves[-1]
    steps = [
        f"  {_moment(move.published_at)}  {_number(move.before)} -> {_number(move.after)}  because of {move.reason}"
        for move in headline.moves
    ]
    return ["", f"{headline.label}: {_number(first.before)} -> {_number(last.after)}", *steps]


def _others(others: Sequence[OtherMoves]) -> list[str]:
    """A line for every publishing and table, the newest first."""
    if not others:
        return []
    lines = ["", "Other figures that moved (ops.restatements has them one by one, or counted where they are many):"]
    lines += [
        f"  {_moment(move.published_at)}  {move.table:<22} {move.figures:>6}  because of {move.reason}"
        for move in others[:MOST_LINES]
    ]
    if rest := others[MOST_LINES:]:
        figures = sum(move.figures for move in rest)
        lines.append(f"  and {figures} more, the last of them on {_moment(rest[0].published_at)}")
    return lines


def _number(value: float | None) -> str:
    return "none" if value is None else f"{value:,.2f}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"
