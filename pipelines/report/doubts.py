"""Reasons to doubt what counts, and files with many refused rows, in words.

Here: a line for each, for the summary, the page and the operator's commands. Not here: reading them (pipelines/ops).
"""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.ops.doubts import Doubted
from pipelines.ops.files import MostlyRefused
from pipelines.report.language import Language


def in_doubt(language: Language, doubts: Sequence[Doubted], more: int) -> list[str]:
    """A line for every reason to doubt what counts, and one for those not listed."""
    lines = []
    for one in doubts:
        what = " ".join(part for part in (one.path, one.kind, one.subject) if part)
        money = f", {language.money(float(one.money))}" if one.money is not None else ""
        example = f" ({language.text('doubts.example', example=one.example)})" if one.example else ""
        records = language.text("doubts.records", one.records)
        lines.append(f"{one.doubt}: {what}, {records}{money}{example}: {one.advice}")
    return [*lines, *([language.text("doubts.more", more)] if more else [])]


def mostly_refused(language: Language, files: Sequence[MostlyRefused], more: int) -> list[str]:
    """A line for every file with many refused rows, and one for those not listed."""
    lines = [
        language.text("doubts.mostly_refused", file.rows, path=file.path, refused=file.refused, reasons=file.reasons)
        for file in files
    ]
    return [*lines, *([language.text("doubts.more_mostly_refused", more)] if more > 0 else [])]
