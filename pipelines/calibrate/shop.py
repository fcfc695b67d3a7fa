"""A simulated shop as tables of core, without files and without a warehouse.

Here: every column of core that a table with an interval reads. Not here: drawing the shop (pipelines/simulate), and
loading its exports, which takes a hundred times as long.
"""

from __future__ import annotations

import polars as pl

from pipelines.settings import Settings
from pipelines.simulate.comments import LANGUAGES, NO_TOPIC, TOPICS
from pipelines.simulate.truth.parameters import CATEGORIES, COUNTRIES, STAGES, SURVEYS
from pipelines.simulate.world import World

ANSWERS = ("promoter", "passive", "detractor")
NONE = "none"
UNKNOWN = "unknown"
EURO = pl.Decimal(18, 2)


def core(world: World, settings: Settings) -> dict[str, pl.LazyFrame]:
    """Tables of core by name, with the columns that figures read; response_segments in one row per answer.

    Not all dimensions are made: of the orders country, product_category, account_type and order_value_band; of the
    answers also survey and delivery. Refunds have no date, as in the exports. Comments have no text: their topics are
    those planted, nearly those that words tell.
    """
    sold, named = _sold(world, settings), ~pl.col("anonymous")
    answers = world.answers.sort("answered_at", "invitation").with_columns(
        response_id=pl.format("r{}", "invitation"),
        customer_id=pl.when(named).then(pl.format("c{}", "person")),
        order_id=pl.when(named & (pl.col("order") >= 0)).then(pl.format("o{}", "order")),
        stage=_named("stage", STAGES),
        responded_at=_instant("answered_at"),
    )
    segments = ("account_type", "country", "product_category", "order_value_band")
    tables = {
        "core.orders": _orders(sold),
        "core.order_segments": sold.select("order_id", *segments),
        "core.customers": world.people.select(
            customer_id=pl.format("c{}", "person"),
            attributes=pl.lit([], dtype=pl.List(pl.Struct({"key": pl.String, "value": pl.String}))),
        ),
        "core.referrals": world.referrals.select(
            referral_id=pl.format("f{}", "number"),
            referred_at=_instant("referred_at"),
            advocate_id=pl.format("c{}", "advocate"),
            friend_id=pl.when(pl.col("friend") >= 0).then(pl.format("c{}", "friend")),
            is_credited=pl.col("friend") >= 0,
            reward_cost=pl.col("reward").cast(EURO),
        ),
        "core.invitations": _invitations(world, answers, settings.timezone),
        "core.responses": _responses(answers, settings.timezone),
        "core.response_segments": _segments(answers, sold),
        "core.response_topics": _topics(answers),
    }
    return {name: table.lazy() for name, table in tables.items()}


def _orders(sold: pl.DataFrame) -> pl.DataFrame:
    return sold.select(
        "order_id",
        "customer_id",
        "ordered_at",
        "order_date",
        "is_cancelled",
        "gross",
        "net",
        "counts",
        "delivered_at",
        "country",
        "days_late",
        refunded=(pl.col("refunded_eur").cast(EURO) / 100).cast(EURO),
        refunded_at=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
        channel=pl.lit("web"),
        discount=(pl.col("discount").cast(EURO) / 100).cast(EURO),
        main_product_category="product_category",
    )


def _invitations(world: World, answers: pl.DataFrame, zone: str) -> pl.DataFrame:
    answered = answers.select("invitation", "response_id")
    return world.invitations.join(answered, on="invitation", how="left", maintain_order="left").select(
        "response_id",
        "reminders",
        invitation_id=pl.format("i{}", "invitation"),
        customer_id=pl.format("c{}", "person"),
        invited_at=_instant("invited_at"),
        invited_date=_day("invited_at", zone),
        is_delivered=~pl.col("bounced"),
    )


def _responses(answers: pl.DataFrame, zone: str) -> pl.DataFrame:
    following = pl.col("responded_at").shift(-1).over("customer_id", "stage")
    return answers.select(
        "response_id",
        "customer_id",
        "order_id",
        "stage",
        "responded_at",
        score=pl.col("score").cast(pl.Int8),
        category=_named("bucket", ANSWERS),
        response_date=_day("answered_at", zone),
        invited_at=_instant("invited_at"),
        # Nobody is behind an anonymous answer, so nobody answers again.
        next_response_at=pl.when(~pl.col("anonymous")).then(following),
        language=_named("language", LANGUAGES),
        comment=pl.lit(None, dtype=pl.String),
    )


def _sold(world: World, settings: Settings) -> pl.DataFrame:
    bands = pl.Series(settings.order_value_labels)
    edges = [pl.col("gross_eur") >= round(100 * edge) for edge in settings.order_value_bands]
    promised = pl.lit(world.calendar.start) + pl.duration(days=pl.col("promised_day"))
    zone = settings.timezone
    return world.orders.with_columns(
        order_id=pl.format("o{}", "order"),
        customer_id=pl.format("c{}", "person"),
        ordered_at=_instant("ordered_at"),
        order_date=_day("ordered_at", zone),
        is_cancelled=pl.col("cancelled_at").is_not_null(),
        gross=(pl.col("gross_eur").cast(EURO) / 100).cast(EURO),
        net=(pl.col("net_eur").cast(EURO) / 100).cast(EURO),
        delivered_at=_instant("delivered_at"),
        days_late=(_day("delivered_at", zone) - promised).dt.total_days(),
        account_type=pl.when("is_guest").then(pl.lit("guest")).otherwise(pl.lit("registered")),
        country=_named("country", COUNTRIES),
        product_category=_named("category", CATEGORIES),
        order_value_band=bands.gather(world.orders.select(pl.sum_horizontal(edges)).to_series()),
    )


def _segments(answers: pl.DataFrame, sold: pl.DataFrame) -> pl.DataFrame:
    """The segments of every answer: of its order, of its survey, and whether a delivery before it came late."""
    about = sold.select(
        "order_id", "account_type", "product_category", "order_value_band", "days_late", came_at="delivered_at"
    )
    known = answers.select(
        "response_id",
        "order_id",
        "responded_at",
        country=pl.when(~pl.col("anonymous")).then(_named("country", COUNTRIES)),
        survey=_named("survey", SURVEYS),
        # Only known customers are asked about no order, and all of them have an account.
        no_order=pl.when(pl.col("customer_id").is_not_null()).then(pl.lit("registered")),
    ).join(about, on="order_id", how="left", maintain_order="left")
    came = pl.col("came_at") <= pl.col("responded_at")
    late = pl.when(pl.col("days_late") > 0).then(pl.lit("late")).otherwise(pl.lit("on_time"))
    dimensions = ("country", "survey", "product_category", "order_value_band")
    return known.select(
        "response_id",
        pl.coalesce("account_type", "no_order", pl.lit(UNKNOWN)).alias("account_type"),
        *(pl.col(name).fill_null(UNKNOWN) for name in dimensions),
        delivery=pl.when(came & pl.col("days_late").is_not_null()).then(late).otherwise(pl.lit(UNKNOWN)),
    )


def _topics(answers: pl.DataFrame) -> pl.DataFrame:
    commented = answers.filter("commented")
    both = pl.concat(commented.select("response_id", number=name) for name in ("topic_1", "topic_2"))
    topic = pl.col("number").replace_strict(range(len(TOPICS)), TOPICS, default=None, return_dtype=pl.String)
    found = both.filter(pl.col("number") != NO_TOPIC).select("response_id", topic=topic).unique(maintain_order=True)
    silent = commented.join(found, on="response_id", how="anti").select("response_id", topic=pl.lit(NONE))
    return pl.concat([found, silent])


def _named(column: str, names: tuple[str, ...]) -> pl.Expr:
    return pl.col(column).replace_strict(range(len(names)), names, default=None, return_dtype=pl.String)


def _instant(column: str) -> pl.Expr:
    return pl.from_epoch(pl.col(column)).cast(pl.Datetime("us")).dt.replace_time_zone("UTC")


def _day(column: str, zone: str) -> pl.Expr:
    return _instant(column).dt.convert_time_zone(zone).dt.date()
