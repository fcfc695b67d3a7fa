"""The figure tables of schema loop, most of them made of figures of the other schemas.

Here: the declarations. Not here: the other schemas (nps.py, value.py), what an entry says (figure.py).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from pipelines.figures.figure import Figure
from pipelines.figures.follow_up import ANSWER_UPLIFT, FOLLOW_UP
from pipelines.figures.nps import BY_PERIOD, BY_SEGMENT, COVERAGE, DRIVERS, SOLD, TWO_YEARS
from pipelines.figures.value import PROMOTER_VALUE, VALUE_CUSTOMERS
from pipelines.loop.action_outcomes import LATER, action_outcomes
from pipelines.loop.action_outcomes import LOOKBACK as OUTCOMES_LOOKBACK
from pipelines.loop.actions import actions
from pipelines.loop.answers_needed import answers_needed
from pipelines.loop.audience_changes import audience_changes
from pipelines.loop.audience_sizes import audience_sizes
from pipelines.loop.audiences import audiences
from pipelines.loop.contacts import contacts
from pipelines.loop.follow_ups import NO_TOPIC, follow_ups
from pipelines.loop.followed_up import QUEUE_DAYS
from pipelines.loop.followed_up import SETTINGS as FOLLOW_UP_SETTINGS
from pipelines.loop.holdout import DRAW, URGENT_ANSWERS
from pipelines.loop.service_levels import service_levels
from pipelines.loop.survey_plan import survey_plan

COMPLAINED = "category = 'detractor' AND comment IS NOT NULL"
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
BY_CUSTOMER = "hash(customer_id) AS customer"
OF_KNOWN = "customer_id IS NOT NULL"
SENT = (f"{BY_CUSTOMER}, invited_date AS day, is_delivered, is_bounced", OF_KNOWN)
PERMISSIONS = (f"{BY_CUSTOMER}, consent, consent_at, unsubscribed_at", "true")
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
        "core.response_topics": ("hash(response_id) AS response_id, topic", f"topic <> '{NO_TOPIC}'"),
        "core.follow_ups": ("hash(response_id) AS response_id, contacted_at", "true"),
        "core.reviews_given": (f"{BY_CUSTOMER}, given_at", "true"),
        "core.referrals": ("hash(advocate_id) AS customer, referred_at", "advocate_id IS NOT NULL"),
        "core.invitations": SENT,
        "core.customers": (f"{BY_CUSTOMER}, customer_id, has_email", "true"),
        "core.consents": PERMISSIONS,
        "value.customers": (
            f"month, {BY_CUSTOMER}, orders, revenue, lifetime_value, order_probability_365d, next_order_days",
            "true",
        ),
    },
)
AUDIENCE_CHANGES = replace(
    AUDIENCES,
    table="loop.audience_changes",
    compute=audience_changes,
    figures=(*AUDIENCES.figures, AUDIENCES),
    only={**AUDIENCES.only, "loop.audiences": (f"month, audience, {BY_CUSTOMER}", "true")},
)
# Numbers in place of ids join in half the time.
ANSWER = f"hash(response_id) AS response_id, category, responded_at, response_date, {DRAW}"
CONTACT = "hash(response_id) AS response_id, contacted_at, resolved_at, is_dated"
# A contact is none before the day of its answer.
CONTACTED = "CAST(contacted_at AS DATE) >= $since"
FOLLOW_UPS = Figure(
    "loop.follow_ups",
    follow_ups,
    ("month", "response_id"),
    ("core.responses", "core.response_topics", "core.follow_ups"),
    ("customer_months", *FOLLOW_UP_SETTINGS),
    timedelta(days=QUEUE_DAYS),
    newest_only=True,
    only={
        "core.responses": (
            f"{ANSWER}, response_id AS name, {BY_CUSTOMER}, customer_id, order_id, score, comment, language",
            "true",
        ),
        "core.response_topics": ("hash(response_id) AS response_id, topic", f"topic <> '{NO_TOPIC}'"),
        "core.follow_ups": (f"{CONTACT}, owner, outcome", CONTACTED),
        "value.customers": (f"month, {BY_CUSTOMER}, calibrated_at_risk_90d", "true"),
        "loop.answer_uplift": ("month, hash(response_id) AS response_id, uplift", "true"),
    },
    figures=(VALUE_CUSTOMERS, ANSWER_UPLIFT),
)
LOOP = (
    ANSWER_UPLIFT,
    FOLLOW_UPS,
    Figure(
        "loop.service_levels",
        service_levels,
        ("month", "category"),
        ("core.responses", "core.response_topics", "core.follow_ups"),
        ("confidence", "min_responses", *FOLLOW_UP_SETTINGS),
        timedelta(days=QUEUE_DAYS),
        beside=("loop.follow_ups",),
        only={
            "core.responses": (ANSWER, OF_KNOWN),
            "core.response_topics": ("hash(response_id) AS response_id", URGENT_ANSWERS[1]),
            "core.follow_ups": (CONTACT, CONTACTED),
        },
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
        earlier=LATER,
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
        figures=(ANSWERS_NEEDED,),
        earlier=1,
        only={
            "core.orders": (
                f"hash(order_id) AS order_id, order_id AS name, {BY_CUSTOMER}, order_date AS day, ordered_at, "
                "delivered_at",
                f"NOT is_cancelled AND {OF_KNOWN}",
            ),
            "core.order_segments": ("hash(order_id) AS order_id, * EXCLUDE (order_id)", "true"),
            "core.responses": (f"{BY_CUSTOMER}, response_date AS day", OF_KNOWN),
            "core.invitations": SENT,
            "core.customers": (f"{BY_CUSTOMER}, customer_id, has_email, registered_at", "true"),
            "core.consents": PERMISSIONS,
        },
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
    AUDIENCE_CHANGES,
    Figure(
        "loop.audience_sizes",
        audience_sizes,
        ("month", "audience"),
        (),
        (),
        timedelta(days=1),
        newest_only=True,
        only={
            "loop.audiences": ("month, audience", "true"),
            "loop.audience_changes": ("month, audience, change", "true"),
        },
        figures=(AUDIENCES, AUDIENCE_CHANGES),
    ),
    *FOLLOW_UP,
)
