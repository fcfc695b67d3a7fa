"""The sections of the page, in its order.

Here: one module for each group of questions. Not here: how a block is read (reading.py) and drawn (charts.py).
"""

from __future__ import annotations

from pipelines.report.sections import money, people, score, trust, work
from pipelines.report.sections.section import Section

SECTIONS: tuple[Section, ...] = (
    Section("headline", score.headline),
    Section("trend", score.trend),
    Section("everybody", score.everybody),
    Section("segments", people.segments),
    Section("why", people.why),
    Section("money", money.blocks),
    Section("todo", work.blocks),
    Section("trust", trust.blocks),
)
