"""What happened in a shop, counted.

Here: people, orders, referrals, invitations, answers, comments and follow-ups. Not here: anything expected
(expected_scores, customer_value).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from pipelines.simulate import comments
from pipelines.simulate.truth.parameters import COUNTRIES, STAGES, SURVEY_SOURCES, SURVEYS
from pipelines.simulate.world import World


def counts(world: World) -> dict[str, Any]:
    """Everything counted; money in the reporting currency."""
    return _people(world) | _orders(world) | _asked(world) | _answers(world) | _comments(world)


def _people(world: World) -> dict[str, Any]:
    people = world.people
    return {
        "customers": len(people),
        "buyers": int((people["orders"] > 0).sum()),
        "guests": int(people["is_guest"].sum()),
        "prospects": int(people["is_prospect"].sum()),
        "registered_in_file": int(people["registered_at"].is_not_null().sum()),
    }


def _orders(world: World) -> dict[str, Any]:
    orders = world.orders
    month = (pl.lit(world.calendar.start) + pl.duration(days=pl.col("day"))).dt.strftime("%Y-%m").alias("month")
    monthly = (
        orders.group_by(month)
        .agg(
            orders=pl.len(),
            orders_that_count=pl.col("counts").sum(),
            gross=(pl.col("gross_eur").sum() / 100).round(2),
            net=(pl.col("net_eur").sum() / 100).round(2),
        )
        .sort("month")
    )
    return {
        "orders": len(orders),
        "order_lines": len(world.lines),
        "orders_that_count": int(orders["counts"].sum()),
        "orders_by_guests": int(orders["is_guest"].sum()),
        "cancelled": int(orders["cancelled_at"].is_not_null().sum()),
        "refunded_in_full_not_cancelled": int(
            orders.select((~pl.col("counts") & pl.col("cancelled_at").is_null()).sum()).item()
        ),
        "partly_refunded": int((orders["status"] == "partially_refunded").sum()),
        "delivered": int(orders["delivered_at"].is_not_null().sum()),
        "delivered_late": int(orders["is_late"].sum()),
        "in_pounds": int((orders["country"] == COUNTRIES.index("GB")).sum()),
        "net_revenue": int(orders["net_eur"].sum()) / 100,
        "by_month": monthly.to_dicts(),
    }


def _asked(world: World) -> dict[str, Any]:
    """Referrals and invitations."""
    return {
        "referrals": {
            "rows": len(world.referrals),
            **{name: int((world.referrals["status"] == name).sum()) for name in ("completed", "void", "pending")},
        },
        "invitations": _counts(world.invitations, "survey", SURVEYS),
        "invitations_unsubscribed": int(world.invitations["unsubscribed"].sum()),
        "invitations_bounced": int(world.invitations["bounced"].sum()),
    }


def _answers(world: World) -> dict[str, Any]:
    """Answers and what was done about them."""
    answers = world.answers
    return {
        "responses": len(answers),
        "responses_by_stage": _counts(answers, "stage", STAGES),
        "responses_by_survey": _counts(answers, "survey", SURVEYS),
        "responses_by_source": {
            source: sum(n for name, n in _counts(answers, "survey", SURVEYS).items() if SURVEY_SOURCES[name] == source)
            for source in ("qualtrics", "retently")
        },
        "responses_by_category": _counts(answers, "bucket", comments.CATEGORIES),
        "responses_anonymous": int(answers["anonymous"].sum()),
        "responses_naming_their_order": int(answers["declared"].sum()),
        "respondents": answers.filter(~pl.col("anonymous"))["person"].n_unique(),
        "follow_ups": len(world.follow_ups),
        "follow_ups_resolved": int(world.follow_ups["resolved_at"].is_not_null().sum()),
    }


def _comments(world: World) -> dict[str, Any]:
    answers = world.answers
    return {
        "comments": int(answers["commented"].sum()),
        "comments_with_address_or_phone": int(answers["gives_contact"].sum()),
        "comment_topics": _topics(answers),
        "topic_weights": {
            name: dict(zip((*comments.TOPICS, "none"), weights, strict=True))
            for name, weights in comments.TOPIC_WEIGHTS.items()
        },
    }


def _counts(frame: pl.DataFrame, column: str, names: tuple[str, ...]) -> dict[str, int]:
    """Rows by name, from a column of numbers into `names`."""
    numbers = np.bincount(frame[column].to_numpy(), minlength=len(names))
    return dict(zip(names, numbers.tolist(), strict=True))


def _topics(answers: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Comments that mention a topic, by the category of the answer; `none` for comments without one."""
    written = answers.filter("commented")
    bucket, one, two = (written[name].to_numpy() for name in ("bucket", "topic_1", "topic_2"))
    by_topic: dict[str, dict[str, int]] = {}
    for n, topic in enumerate((*comments.TOPICS, "none")):
        hit = (one == n) | (two == n) if topic != "none" else one == n
        numbers = np.bincount(bucket[hit], minlength=3).tolist()
        by_topic[topic] = dict(zip(comments.CATEGORIES, numbers, strict=True))
    return by_topic
