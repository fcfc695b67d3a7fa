"""The headline in a few lines, for the weekly message.

Here: what it says: score, interval, whether it moved, what to do. Not here: sending (pipelines/notify.py) and the page
that goes with it (page.py).
"""

from __future__ import annotations

from pipelines.report.page import published_file, reading_of
from pipelines.report.sections.score import sentences
from pipelines.settings import Settings


def letter(settings: Settings) -> tuple[str, str]:
    """Title and text of the weekly message, from the published file.

    Raises:
        NothingPublishedError: nothing is published.
    """
    with published_file(settings) as connection:
        reading = reading_of(connection, settings)
        language = reading.language
        scores, actions = reading.block("scores"), reading.block("actions")
    confidence = language.share(settings.confidence, 0)
    lines = []
    for row, text in zip(scores.rows.to_dicts(), scores.texts.to_dicts(), strict=True):
        key = "letter.month" if row["grain"] == "month" else "letter.year"
        values = {**text, "period_start": language.month(row["period_start"]), "confidence": confidence}
        lines.append(language.text(key, **values))
    lines += sentences(reading, scores) if scores.rows.height else [language.text("summary.no_score")]
    if actions.rows.height:
        lines += ["", language.text("letter.todo")]
        lines += [f"- {line}" for line in reading.sentences(actions.texts, "blocks.actions.point").head(3)]
    return language.text("letter.title"), "\n".join(lines)
