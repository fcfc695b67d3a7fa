"""What the simulated shop amounts to: the figures that a correct warehouse must find.

Here: expected scores computed from exact probabilities, effects in points, and counts of what happened. Not here:
estimating anything. An expected score knows every answer's latent state and context, not its noise, so that the
observed score differs from it by the noise of the answers only.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import ndtr

from pipelines.simulate import comments, planted
from pipelines.simulate.parameters import (
    CATEGORIES,
    COUNTRIES,
    REPORTING_CURRENCY,
    SKU_PREFIXES,
    STAGES,
    SURVEY_NAMES,
    SURVEY_SOURCES,
    SURVEYS,
)
from pipelines.simulate.world import World

YEAR = 365.25
RULES = (
    "Stages follow CONTRACT section 4 as known at `end`. Anonymous answers name neither person nor order and count as "
    "prospect. `latest` drops an answer when the same person's next answer of the same stage lies in the window. "
    "noise_standard_error is the standard deviation, in points, of the observed score around nps."
)


def probabilities(mean: NDArray[np.float64], noise: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Of a promoter and of a detractor, given the latent mean score: rounding makes 8.5 and 6.5 the edges."""
    return ndtr((mean - 8.5) / noise), ndtr((6.5 - mean) / noise)


def truth_of(world: World) -> dict[str, Any]:
    """The truth of a shop, ready for JSON; `rules` says how to read it."""
    answers = _expected(world)
    return {
        "rules": RULES,
        "zone": world.calendar.zone,
        "first_day": world.calendar.start.isoformat(),
        "end": world.calendar.end.isoformat(),
        "reporting_currency": REPORTING_CURRENCY,
        "sku_prefixes": SKU_PREFIXES,
        "survey_names": SURVEY_NAMES,
        "survey_sources": SURVEY_SOURCES,
        "parameters": world.parameters.described(),
        "nps_expected_all": _by_stage(answers),
        "nps_expected_latest": _by_stage(answers.filter(pl.col("next_date").is_null())),
        "nps_expected_by_window": _by_window(answers, world),
        "nps_expected_by_segment": _by_segment(answers),
        "effects": _effects(world),
        "differences": planted.differences(world),
        "buyers_trailing_365d": planted.buyers(world),
        "value": _value(world),
        "facts": _facts(world),
        "refused": refused(world),
    }


def refused(world: World) -> dict[str, dict[str, Any]]:
    """Rows planted among the answers that must not be counted, by reason."""
    p = world.parameters
    qualtrics = int((world.answers["survey"] == 0).sum())
    retently = len(world.answers) - qualtrics
    planted = {
        "csat": ("retently", "metricsType is CSAT, not NPS", p.csat, retently),
        "bogus": ("retently", "isBogus", p.bogus, retently),
        "preview": ("qualtrics", "Status is Survey Preview", p.preview, qualtrics),
        "unfinished": ("qualtrics", "Finished is False", p.unfinished, qualtrics),
    }
    return {
        name: {"source": source, "reason": reason, "rows": math.ceil(share * base)}
        for name, (source, reason, share, base) in planted.items()
    }


def _expected(world: World) -> pl.DataFrame:
    """Answers with their expected contribution to the score, and the day of the respondent's next of the stage."""
    promoter, detractor = probabilities(world.answers["mean"].to_numpy(), world.parameters.score_noise)
    contribution = promoter - detractor
    start = world.calendar.start
    days = pl.Series(world.calendar.day(world.answers["answered_at"].to_numpy()))
    frame = world.answers.with_columns(
        expected=pl.Series(contribution),
        variance=pl.Series(promoter + detractor - contribution**2),
        observed=(pl.col("bucket") == 0).cast(pl.Int64) - (pl.col("bucket") == 2).cast(pl.Int64),
        date=pl.lit(start) + pl.duration(days=pl.lit(days)),
        # Anonymous people are strangers to each other.
        respondent=pl.when("anonymous").then(-1 - pl.int_range(pl.len())).otherwise("person"),
    ).sort("answered_at", "invitation")
    return frame.with_columns(next_date=pl.col("date").shift(-1).over("respondent", "stage"))


def _figures(name: str = "") -> dict[str, pl.Expr]:
    """Counts, expected and observed score, and how far chance alone carries the one from the other."""
    return {
        f"responses{name}": pl.len(),
        f"nps{name}": (100 * pl.col("expected").mean()).round(6),
        f"noise_standard_error{name}": (100 * pl.col("variance").sum().sqrt() / pl.len()).round(6),
        f"observed{name}": (100 * pl.col("observed").mean()).round(6),
    }


def _by_stage(answers: pl.DataFrame) -> dict[str, dict[str, Any]]:
    total = answers.select(pl.lit("all").alias("name"), **_figures()).to_dicts() if len(answers) else []
    by_stage = answers.group_by("stage").agg(**_figures()).sort("stage")
    stages = by_stage.with_columns(name=pl.Series(STAGES).gather(by_stage["stage"])).drop("stage").to_dicts()
    return {row.pop("name"): row for row in total + stages}


def _by_window(answers: pl.DataFrame, world: World) -> list[dict[str, Any]]:
    """Calendar windows, and the trailing ones that end with the history; every answer and the latest only."""
    end = world.calendar.end
    answers = answers.select("date", "next_date", "stage", "expected", "variance", "observed")
    windows = []
    for grain, every in (("month", "1mo"), ("quarter", "1q"), ("year", "1y")):
        start = pl.col("date").dt.truncate(every)
        frame = answers.with_columns(grain=pl.lit(grain), period_start=start)
        windows.append(frame.with_columns(period_end=pl.min_horizontal(start.dt.offset_by(every), pl.lit(end))))
    for grain, days in (("trailing_90d", 90), ("trailing_365d", 365)):
        since = end - timedelta(days=days)
        frame = answers.filter(pl.col("date") >= since)
        windows.append(frame.with_columns(grain=pl.lit(grain), period_start=pl.lit(since), period_end=pl.lit(end)))
    names = pl.DataFrame({"stage": range(len(STAGES)), "stage_name": STAGES})
    staged = pl.concat(windows).join(names, on="stage", how="left", maintain_order="left")
    both = pl.concat([staged, staged.with_columns(stage_name=pl.lit("all"))])
    keys = ["grain", "period_start", "period_end", "stage_name"]
    latest = both.filter(pl.col("next_date").is_null() | (pl.col("next_date") >= pl.col("period_end")))
    table = both.group_by(keys).agg(**_figures("_all")).join(latest.group_by(keys).agg(**_figures("_latest")), on=keys)
    return (
        table.sort(keys)
        .rename({"stage_name": "stage"})
        .with_columns(pl.col("period_start", "period_end").dt.to_string("%Y-%m-%d"))
        .to_dicts()
    )


def _by_segment(answers: pl.DataFrame) -> list[dict[str, Any]]:
    """Every answer over the whole history, by what it is about; anonymous ones show no country in the warehouse."""
    asked = pl.col("order") >= 0

    def named(names: tuple[str, ...], column: str) -> pl.Expr:
        return pl.col(column).replace_strict(list(range(len(names))), list(names), default=None)

    segments = {
        "country": named(COUNTRIES, "country"),
        "product_category": pl.when(asked).then(named(CATEGORIES, "category")),
        "account_type": pl.when(asked & pl.col("is_guest")).then(pl.lit("guest")).otherwise(pl.lit("registered")),
        "delivery": pl.when(pl.col("survey") == 1).then(
            pl.when("felt_late").then(pl.lit("late")).otherwise(pl.lit("on_time"))
        ),
        "survey": named(tuple(SURVEY_NAMES[name] for name in SURVEYS), "survey"),
    }
    rows: list[dict[str, Any]] = []
    known = answers.filter(~pl.col("anonymous"))
    for dimension, segment in segments.items():
        table = known.with_columns(segment=segment).filter(pl.col("segment").is_not_null())
        table = table.group_by("segment").agg(**_figures()).sort("segment")
        rows += table.select(pl.lit(dimension).alias("dimension"), pl.all()).to_dicts()
    return rows


def _effects(world: World) -> dict[str, dict[str, Any]]:
    """Points of NPS that a shift moves the answers it touches: expected score with it, less without it."""
    answers, noise = world.answers, world.parameters.score_noise
    mean = answers["mean"].to_numpy()

    def effect(shift: NDArray[np.float64], touched: NDArray[np.bool_]) -> dict[str, Any]:
        if not touched.any():
            return {"responses": 0, "score_points": None, "nps_points": None, "nps_points_overall": 0.0}
        with_it, without = probabilities(mean, noise), probabilities(mean - shift, noise)
        difference = (with_it[0] - with_it[1]) - (without[0] - without[1])
        return {
            "responses": int(touched.sum()),
            "score_points": float(shift[touched][0]),
            "nps_points": round(100 * float(difference[touched].mean()), 6),
            "nps_points_overall": round(100 * float(difference[touched].sum()) / len(mean), 6),
        }

    columns = {
        name: answers[f"shift_{name}"].to_numpy()
        for name in ("late", "guest", "before_delivery", "country", "category")
    }
    effects = {name: effect(columns[name], columns[name] != 0) for name in ("late", "guest", "before_delivery")}
    for kind, names in (("country", COUNTRIES), ("category", CATEGORIES)):
        number = answers[kind].fill_null(-1).to_numpy()
        planted = getattr(world.parameters, f"shift_{kind}")
        for name in planted:
            effects[f"{kind} {name}"] = effect(columns[kind], (number == names.index(name)) & (columns[kind] != 0))
    return effects


def _value(world: World) -> dict[str, Any]:
    """What satisfaction is worth, from the latent rates and as it turned out."""
    buyers = world.people.filter(~pl.col("is_prospect"))
    mean_order = float(world.orders["net_eur"].mean() or 0) / 100  # type: ignore[arg-type]
    rate, leave = buyers["rate"].to_numpy(), buyers["dropout"].to_numpy()
    # Alive with probability 1 - leave after the first order, then lost at rate * leave: the integral of what is left.
    first_year = 1 + (1 - leave) / leave * -np.expm1(-rate * leave)
    coming = buyers["alive"].to_numpy() * -np.expm1(-rate * leave * 52 * 7 / YEAR) / leave
    u = buyers["satisfaction"].to_numpy()
    third = np.searchsorted(np.quantile(u, (1 / 3, 2 / 3)), u) if len(u) else np.zeros(0)
    terciles = [
        {
            "tercile": name,
            "customers": int((third == n).sum()),
            "mean_satisfaction": round(float(u[third == n].mean()), 6),
            "orders_12m": round(float(first_year[third == n].mean()), 6),
            "revenue_12m": round(float(first_year[third == n].mean()) * mean_order, 6),
            "alive_at_end": int(buyers["alive"].to_numpy()[third == n].sum()),
        }
        for n, name in enumerate(("low", "middle", "high"))
        if (third == n).any()
    ]
    return {
        "mean_net_order": round(mean_order, 6),
        "expected_first_12_months_by_satisfaction": terciles,
        "alive_at_end": int(buyers["alive"].sum()),
        "expected_orders_next_52_weeks": round(float(coming.sum()), 6),
        "realised_by_latest_category": by_latest_category(world).to_dicts(),
    }


def by_latest_category(world: World) -> pl.DataFrame:
    """Own and referred net revenue of the whole history, mean per customer, by the category of the latest answer."""
    count = len(world.people)
    own = np.bincount(world.orders["person"], world.orders["net_eur"], count) / 100
    advocate = world.people["advocate"].to_numpy()
    friend = advocate >= 0
    brought = np.bincount(advocate[friend], own[friend], count)
    latest = (
        world.answers.filter(~pl.col("anonymous"))
        .group_by("person")
        .agg(pl.col("bucket").sort_by("answered_at", "invitation").last())
        .sort("person")
    )
    who = latest["person"].to_numpy()
    table = (
        latest.with_columns(own=pl.Series(own[who]), brought=pl.Series(brought[who]))
        .group_by("bucket")
        .agg(
            customers=pl.len(),
            own_revenue=pl.col("own").mean().round(6),
            referral_revenue=pl.col("brought").mean().round(6),
            total_value=(pl.col("own").mean() + pl.col("brought").mean()).round(6),
        )
        .sort("bucket")
    )
    return table.with_columns(category=pl.Series(comments.CATEGORIES).gather(table["bucket"])).drop("bucket")


def _facts(world: World) -> dict[str, Any]:
    """What happened, counted."""
    people, orders, answers = world.people, world.orders, world.answers
    start: date = world.calendar.start
    month = (pl.lit(start) + pl.duration(days=pl.col("day"))).dt.strftime("%Y-%m").alias("month")
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
        "customers": len(people),
        "buyers": int((people["orders"] > 0).sum()),
        "guests": int(people["is_guest"].sum()),
        "prospects": int(people["is_prospect"].sum()),
        "registered_in_file": int(people["registered_at"].is_not_null().sum()),
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
        "referrals": {
            "rows": len(world.referrals),
            **{name: int((world.referrals["status"] == name).sum()) for name in ("completed", "void", "pending")},
        },
        "invitations": _counts(world.invitations, "survey", SURVEYS),
        "invitations_unsubscribed": int(world.invitations["unsubscribed"].sum()),
        "invitations_bounced": int(world.invitations["bounced"].sum()),
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
        "comments": int(answers["commented"].sum()),
        "comments_with_address_or_phone": int(answers["gives_contact"].sum()),
        "comment_topics": _topics(answers),
        "topic_weights": {
            name: dict(zip((*comments.TOPICS, "none"), weights, strict=True))
            for name, weights in comments.TOPIC_WEIGHTS.items()
        },
    }


def _counts(frame: pl.DataFrame, column: str, names: tuple[str, ...]) -> dict[str, int]:
    counted = np.bincount(frame[column].to_numpy(), minlength=len(names))
    return dict(zip(names, counted.tolist(), strict=True))


def _topics(answers: pl.DataFrame) -> dict[str, dict[str, int]]:
    """Comments that mention a topic, by the category of the answer; `none` for comments without one."""
    written = answers.filter("commented")
    bucket, one, two = (written[name].to_numpy() for name in ("bucket", "topic_1", "topic_2"))
    counted: dict[str, dict[str, int]] = {}
    for n, topic in enumerate((*comments.TOPICS, "none")):
        hit = (one == n) | (two == n) if topic != "none" else one == n
        numbers = np.bincount(bucket[hit], minlength=3).tolist()
        counted[topic] = dict(zip(comments.CATEGORIES, numbers, strict=True))
    return counted
