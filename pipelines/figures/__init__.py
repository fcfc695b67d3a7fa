"""Every figure table, declared once: what it reads, what computes it, which settings it depends on.

Here: the list. Not here: what an entry says (figure.py), computing months of a table (compute.py), the checks that
follow (checks.py), the arithmetic (pipelines/nps, pipelines/value, pipelines/loop) and Dagster (assets/ makes one asset
of every entry). A new figure table is one entry, one function and its DDL in sql/schema.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pipelines.figures.figure import Figure
from pipelines.figures.follow_up import FOLLOW_UP
from pipelines.loop.action_outcomes import LOOKBACK as OUTCOMES_LOOKBACK
from pipelines.loop.action_outcomes import action_outcomes
from pipelines.loop.actions import actions
from pipelines.loop.answers_needed import answers_needed
from pipelines.loop.audience_sizes import audience_sizes
from pipelines.loop.audiences import audiences
from pipelines.loop.contacts import contacts
from pipelines.loop.holdout import DRAW
from pipelines.loop.survey_plan import survey_plan
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
from pipelines.value.after_answer import after_answer
from pipelines.value.at_risk import at_risk
from pipelines.value.biggest_customers import biggest_customers
from pipelines.value.by_category import by_category
from pipelines.value.customers import customers
from pipelines.value.growth import growth
from pipelines.value.model_backtest import model_backtest
from pipelines.value.models import models
from pipelines.value.promoter_value import promoter_value
from pipelines.value.repurchase import repurchase
from pipelines.value.retention import retention
from pipelines.value.revenue import revenue
from pipelines.value.word_of_mouth import word_of_mouth

# A year, the year before it to compare with, and the days by which leap years and weeks reach further.
TWO_YEARS = timedelta(days=2 * 366 + 7)


# The columns that name a window.
WINDOW = ("grain", "period_start")
SCORE_SETTINGS = ("timezone", "counting", "confidence", "min_responses")
# Columns of nps.drivers: text is most of the cost of reading, so nothing else is read.
COMMENT_COLUMNS = "response_id, language, comment, stage, customer_id, response_date, next_response_at, category"
COMPLAINED = "category = 'detractor' AND comment IS NOT NULL"
ANSWERS = ("core.responses",)
ORDERS_AND_ANSWERS = ("core.orders", "core.responses")
ANSWERED = ("core.responses", "core.response_segments")
SOLD = ("core.orders", "core.order_segments")
VALUE_SETTINGS = ("timezone", "horizon_months", "discount_rate", "margins")
BOUGHT_AND_SENT = ("core.orders", "core.responses", "core.referrals")
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
PROMOTER_VALUE = Figure(
    "value.promoter_value",
    promoter_value,
    ("month", "category"),
    BOUGHT_AND_SENT,
    ("timezone", "confidence", "margins"),
    beside=("value.by_category",),
)
ACTIONS = Figure(
    "loop.actions",
    actions,
    ("month", "rank"),
    ("core.responses", "core.response_segments"),
    ("timezone", "attributes", "confidence", "publish_comments"),
    TWO_YEARS,
    only={
        "core.responses": ("response_id, response_date, comment", COMPLAINED),
        "core.response_segments": (
            "response_id, dimension, segment",
            f"response_id IN (SELECT response_id FROM core.responses WHERE {COMPLAINED})",
        ),
        **dict.fromkeys(("nps.by_period", "nps.by_segment"), ("*", "grain = 'trailing_365d' AND stage = 'all'")),
        "nps.drivers": ("*", "grain = 'trailing_365d' AND stage = 'all' AND language = 'all'"),
        "nps.coverage": ("*", "grain = 'trailing_365d'"),
        "value.promoter_value": ("*", "category = 'promoter'"),
    },
    figures=(BY_PERIOD, BY_SEGMENT, DRIVERS, COVERAGE, PROMOTER_VALUE),
)
MODELS = Figure(
    "value.models",
    models,
    ("month", "model", "parameter"),
    ("core.orders",),
    ("timezone", "margins"),
    reads_itself=True,
)
ASKED_BY_ID = "hash(response_id) AS response, hash(customer_id) AS customer"
# The scores of a year, and of nobody but all stages together.
OF_A_YEAR = "grain = 'trailing_365d' AND stage = 'all'"
ANSWERS_NEEDED = Figure(
    "loop.answers_needed",
    answers_needed,
    ("month", "dimension", "segment"),
    (),
    ("target_margin",),
    timedelta(days=1),
    figures=(BY_PERIOD, BY_SEGMENT, COVERAGE),
    only={
        "nps.by_period": ("month, responses, margin_of_error", OF_A_YEAR),
        "nps.by_segment": ("month, dimension, segment, responses, margin_of_error", OF_A_YEAR),
        "nps.coverage": ("*", "grain = 'trailing_365d'"),
    },
)
VALUE_CUSTOMERS = Figure(
    "value.customers",
    customers,
    ("month", "customer_id"),
    ORDERS_AND_ANSWERS,
    ("customer_months", *VALUE_SETTINGS),
    newest_only=True,
    figures=(MODELS,),
    beside=("value.by_category",),
)
BY_CUSTOMER = "hash(customer_id) AS customer"
OF_KNOWN = "customer_id IS NOT NULL"
AUDIENCES = Figure(
    "loop.audiences",
    audiences,
    ("month", "audience", "customer_id"),
    reads=(
        "core.responses",
        "core.response_topics",
        "core.follow_ups",
        "core.reviews_given",
        "core.referrals",
        "core.invitations",
        "core.customers",
        "core.consents",
    ),
    settings=("timezone", "customer_months", "follow_up_holdout"),
    lookback=TWO_YEARS,
    newest_only=True,
    figures=(VALUE_CUSTOMERS,),
    only={
        "core.responses": (
            f"hash(response_id) AS response_id, {BY_CUSTOMER}, response_date, responded_at, score, category, {DRAW}",
            OF_KNOWN,
        ),
        "core.response_topics": ("hash(response_id) AS response_id, topic", "true"),
        "core.follow_ups": ("hash(response_id) AS response_id, contacted_at", "true"),
        "core.reviews_given": (f"{BY_CUSTOMER}, given_at", "true"),
        "core.referrals": ("hash(advocate_id) AS customer, referred_at", "advocate_id IS NOT NULL"),
        "core.invitations": (
            f"{BY_CUSTOMER}, invited_date AS day, is_delivered, is_bounced, unsubscribed_at",
            OF_KNOWN,
        ),
        "core.customers": (f"{BY_CUSTOMER}, customer_id, has_email", "true"),
        "core.consents": (f"{BY_CUSTOMER}, consent, consent_at", "true"),
        "value.customers": (
            f"month, {BY_CUSTOMER}, orders, revenue, lifetime_value, order_probability_365d, next_order_days",
            "true",
        ),
    },
)
FIGURES = (
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
    MODELS,
    Figure(
        "value.model_backtest",
        model_backtest,
        ("month", "hold_out_months", "decile"),
        ("core.orders",),
        ("timezone", "margins"),
        figures=(MODELS,),
    ),
    Figure(
        "value.by_category",
        by_category,
        ("month", "category"),
        ORDERS_AND_ANSWERS,
        ("confidence", *VALUE_SETTINGS),
        figures=(MODELS,),
    ),
    VALUE_CUSTOMERS,
    PROMOTER_VALUE,
    Figure(
        "value.at_risk",
        at_risk,
        ("month", "category"),
        ORDERS_AND_ANSWERS,
        VALUE_SETTINGS,
        figures=(MODELS,),
        beside=("value.by_category",),
    ),
    Figure(
        "value.retention",
        retention,
        ("month", "gain_points"),
        ("core.orders",),
        ("timezone", "discount_rate", "margins"),
    ),
    Figure(
        "value.after_answer", after_answer, ("month", "category", "score"), BOUGHT_AND_SENT, ("timezone", "confidence")
    ),
    Figure(
        "value.repurchase",
        repurchase,
        ("month", "category", "score", "horizon_days"),
        ORDERS_AND_ANSWERS,
        ("timezone", "confidence"),
    ),
    Figure("value.revenue", revenue, ("month",), BOUGHT_AND_SENT, ("timezone", "confidence", "min_responses")),
    Figure(
        "value.biggest_customers",
        biggest_customers,
        ("month", "tier"),
        BOUGHT_AND_SENT,
        ("timezone", "confidence", "min_responses"),
    ),
    Figure("value.growth", growth, ("month",), ORDERS_AND_ANSWERS, ("timezone", "confidence", "counting")),
    Figure(
        "value.word_of_mouth",
        word_of_mouth,
        ("month", "category"),
        ORDERS_AND_ANSWERS,
        ("timezone", "margins", "recommended_share", "recommendations", "warnings", "warning_weight"),
    ),
    ACTIONS,
    Figure(
        "loop.action_outcomes",
        action_outcomes,
        ("month", "rank"),
        ("core.responses", "core.response_topics"),
        ("timezone", "confidence", "min_responses"),
        OUTCOMES_LOOKBACK,
        only={
            "core.responses": ("response_id, response_date", "comment IS NOT NULL"),
            "nps.by_segment": ("*", "grain = 'trailing_90d' AND stage = 'all'"),
        },
        figures=(BY_SEGMENT, ACTIONS),
    ),
    ANSWERS_NEEDED,
    Figure(
        "loop.survey_plan",
        survey_plan,
        ("month", "customer_id", "stage"),
        (*SOLD, "core.responses", "core.invitations", "core.customers", "core.consents"),
        ("timezone", "customer_months"),
        TWO_YEARS,
        newest_only=True,
        numbered=(*SOLD, "core.responses", "core.invitations"),
        figures=(ANSWERS_NEEDED,),
        only={"core.customers": ("customer_id, has_email, registered_at", "true")},
    ),
    Figure(
        "loop.contacts",
        contacts,
        ("month", "surveys"),
        ("core.responses", "core.invitations"),
        ("timezone",),
        TWO_YEARS,
        only={
            "core.responses": (f"{ASKED_BY_ID}, response_date AS day", "true"),
            "core.invitations": (
                f"{ASKED_BY_ID}, invited_date AS day, invited_at, is_delivered, is_bounced, unsubscribed_at",
                "customer_id IS NOT NULL",
            ),
        },
    ),
    AUDIENCES,
    replace(
        AUDIENCES,
        table="loop.audience_sizes",
        compute=audience_sizes,
        key=("month", "audience"),
        beside=("loop.audiences",),
    ),
    *FOLLOW_UP,
)
BY_TABLE = {figure.table: figure for figure in FIGURES}
