"""The figure tables of schema value.

Here: the declarations. Not here: the other schemas (nps.py, loop.py), what an entry says (figure.py).
"""

from __future__ import annotations

from pipelines.figures.figure import Figure
from pipelines.value.after_answer import after_answer
from pipelines.value.at_risk import at_risk
from pipelines.value.biggest_customers import biggest_customers
from pipelines.value.by_category import by_category
from pipelines.value.cohorts import cohorts
from pipelines.value.customers import customers
from pipelines.value.growth import growth
from pipelines.value.model_backtest import model_backtest
from pipelines.value.models import models
from pipelines.value.promoter_value import promoter_value
from pipelines.value.repurchase import repurchase
from pipelines.value.retention import retention
from pipelines.value.revenue import revenue
from pipelines.value.rfm import rfm
from pipelines.value.rfm_moves import rfm_moves
from pipelines.value.second_order import second_order
from pipelines.value.word_of_mouth import word_of_mouth

ORDERS_AND_ANSWERS = ("core.orders", "core.responses")
VALUE_SETTINGS = ("timezone", "horizon_months", "discount_rate", "margins")
BOUGHT_AND_SENT = ("core.orders", "core.responses", "core.referrals")
PROMOTER_VALUE = Figure(
    "value.promoter_value",
    promoter_value,
    ("month", "category"),
    BOUGHT_AND_SENT,
    ("timezone", "confidence", "margins"),
    beside=("value.by_category",),
)
MODELS = Figure(
    "value.models",
    models,
    ("month", "model", "parameter"),
    ("core.orders",),
    ("timezone", "margins"),
    reads_itself=True,
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
VALUE = (
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
    Figure(
        "value.rfm",
        rfm,
        ("month", "rfm_group", "recency_quintile", "frequency_quintile", "money_quintile"),
        ORDERS_AND_ANSWERS,
        ("timezone", "confidence", "min_responses", "margins", "rfm_groups"),
        figures=(MODELS,),
        beside=("value.biggest_customers",),
    ),
    Figure(
        "value.rfm_moves",
        rfm_moves,
        ("month", "from_group", "to_group"),
        ("core.orders",),
        ("timezone", "rfm_groups"),
        beside=("value.rfm",),
    ),
    Figure(
        "value.cohorts",
        cohorts,
        ("month", "cohort_month", "dimension", "segment"),
        ORDERS_AND_ANSWERS,
        ("timezone", "confidence", "min_responses", "margins"),
        beside=("value.by_category",),
    ),
    Figure(
        "value.second_order",
        second_order,
        ("month", "dimension", "segment", "horizon_days"),
        ORDERS_AND_ANSWERS,
        ("timezone", "confidence"),
    ),
    Figure("value.growth", growth, ("month",), ORDERS_AND_ANSWERS, ("timezone", "confidence", "counting")),
    Figure(
        "value.word_of_mouth",
        word_of_mouth,
        ("month", "category"),
        ORDERS_AND_ANSWERS,
        ("timezone", "margins", "recommended_share", "recommendations", "warnings", "warning_weight"),
    ),
)
