"""The figure tables of schema nps.

Here: the declarations. Not here: the other schemas (value.py, loop.py), what an entry says (figure.py).
"""

from __future__ import annotations

from datetime import timedelta

from pipelines.figures.figure import Figure
from pipelines.nps.alarm import alarm
from pipelines.nps.by_period import by_period
from pipelines.nps.by_segment import by_segment
from pipelines.nps.change_parts import change_parts
from pipelines.nps.coverage import coverage
from pipelines.nps.delivery_gap import delivery_gap
from pipelines.nps.drivers import drivers
from pipelines.nps.everybody import everybody
from pipelines.nps.expected_answers import expected_answers
from pipelines.nps.migration import migration
from pipelines.nps.migration_change import migration_change

# A year, the year before it to compare with, and the days by which leap years and weeks reach further.
TWO_YEARS = timedelta(days=2 * 366 + 7)
# The columns that name a window.
WINDOW = ("grain", "period_start")
SCORE_SETTINGS = ("timezone", "counting", "confidence", "min_responses")
# Columns of nps.drivers: text is most of the cost of reading, so nothing else is read.
COMMENT_COLUMNS = "response_id, language, comment, stage, customer_id, response_date, next_response_at, category"
ANSWERS = ("core.responses",)
ANSWERED = ("core.responses", "core.response_segments")
SOLD = ("core.orders", "core.order_segments")
BY_PERIOD = Figure(
    "nps.by_period",
    by_period,
    (*WINDOW, "stage"),
    (*ANSWERED, *SOLD),
    (*SCORE_SETTINGS, "target_margin", "order_value_bands"),
    TWO_YEARS,
    numbered=(*ANSWERED, *SOLD),
)
BY_SEGMENT = Figure(
    "nps.by_segment",
    by_segment,
    (*WINDOW, "stage", "dimension", "segment"),
    ANSWERED,
    (*SCORE_SETTINGS, "segment_pairs"),
    TWO_YEARS,
    numbered=ANSWERED,
    beside=("nps.by_period",),
)
DRIVERS = Figure(
    "nps.drivers",
    drivers,
    (*WINDOW, "stage", "language", "topic"),
    ("core.responses", "core.response_topics"),
    (*SCORE_SETTINGS, "publish_comments"),
    TWO_YEARS,
    only={
        "core.responses": (
            COMMENT_COLUMNS,
            "core.responses.response_id IN (SELECT response_id FROM core.response_topics)",
        )
    },
)
COVERAGE = Figure(
    "nps.coverage",
    coverage,
    (*WINDOW, "dimension", "segment"),
    (*SOLD, "core.customers", "core.invitations", "core.responses"),
    ("timezone", "confidence", "min_responses", "attributes", "silent_points"),
    TWO_YEARS,
    numbered=(*SOLD, "core.customers", "core.invitations", "core.responses"),
)
NPS = (
    BY_PERIOD,
    BY_SEGMENT,
    Figure(
        "nps.change_parts",
        change_parts,
        (*WINDOW, "dimension", "segment"),
        ANSWERED,
        ("timezone", "counting", "segment_pairs"),
        TWO_YEARS,
        numbered=ANSWERED,
        beside=("nps.by_period",),
    ),
    COVERAGE,
    Figure(
        "nps.everybody",
        everybody,
        (*WINDOW, "method"),
        (*SOLD, "core.invitations", "core.responses"),
        ("timezone", "confidence"),
        TWO_YEARS,
        beside=("nps.coverage",),
        numbered=(*SOLD, "core.invitations", "core.responses"),
    ),
    Figure(
        "nps.delivery_gap",
        delivery_gap,
        (*WINDOW, "dimension", "segment"),
        ANSWERED,
        SCORE_SETTINGS,
        TWO_YEARS,
        beside=("nps.by_period",),
        numbered=ANSWERED,
    ),
    Figure(
        "nps.migration",
        migration,
        ("month", "from_category", "to_category"),
        ANSWERS,
        ("timezone", "confidence", "min_responses"),
        numbered=ANSWERS,
    ),
    Figure(
        "nps.migration_change",
        migration_change,
        ("month",),
        ANSWERS,
        ("timezone", "confidence", "min_responses"),
        beside=("nps.migration",),
        numbered=ANSWERS,
    ),
    DRIVERS,
    Figure("nps.alarm", alarm, ("day",), ANSWERS, ("timezone", "min_responses"), TWO_YEARS, numbered=ANSWERS),
    Figure(
        "nps.expected_answers",
        expected_answers,
        WINDOW,
        ("core.responses", "core.invitations"),
        ("timezone",),
        TWO_YEARS,
        only={
            "core.responses": ("response_id, invited_at, response_date", "true"),
            "core.invitations": ("response_id, invited_at", "response_id IS NOT NULL"),
        },
    ),
)
