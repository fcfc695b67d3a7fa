"""value.word_of_mouth: what recommendations and warnings would be worth under the settings' assumptions.

Here: a scenario, labelled as one, for shops that record no referrals. Not here: observed referrals (promoter_value).
Source: an exercise by Satmetrix. Recommendations turn into customers at the rate that explains the new customers who
came by one; a warning cancels a number of recommendations.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.settings import Settings
from pipelines.value.facts import CATEGORIES, ORDERED, UNSURVEYED
from pipelines.value.money import together
from pipelines.value.month_end import MonthEnd
from pipelines.value.months import business_day
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.word_of_mouth"
SURVEYED = [name for name in CATEGORIES if name != UNSURVEYED]


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """A month's customers and their money by category, and those who were new in the 365 days to its end."""
    if not end.settings.recommended_share:
        return
    is_new = business_day(pl.col("first_order_at"), end.facts.clock) >= pl.lit(end.month.end) - pl.duration(days=365)
    yield end.people.group_by(pl.col("category").cast(pl.String), month=pl.lit(end.month.start)).agg(
        pl.len().cast(pl.Int64).alias("customers"),
        pl.col("cents").sum(),
        is_new.sum().cast(pl.Int64).alias("new"),
        pl.col("cents").filter(is_new).sum().alias("new_cents"),
    )


def finish(months: Sequence[pl.DataFrame], settings: Settings) -> pl.DataFrame:
    """Rows of value.word_of_mouth; none while NORTHSTAR_RECOMMENDED_SHARE is 0.

    A new customer is one whose first order lies in the 365 days to the month's end; the value of one is their mean net
    revenue so far.

    Returns:
        One row per month and surveyed category with a customer, by month, promoters first.
    """
    if not months:
        return empty(TABLE)
    new, cents = pl.col("new").sum().over("month"), pl.col("new_cents").sum().over("month")
    rows = (
        together(months)
        .with_columns(
            new_customers=new,
            value_of_new_customer=pl.when(new > 0).then(cents * 0.01 / new).otherwise(0.0),
            own_value=pl.col("cents") * 0.01 / pl.col("customers"),
        )
        .filter(pl.col("category") != UNSURVEYED)
    )
    return scenario(
        rows,
        share=settings.recommended_share,
        recommendations=settings.recommendations,
        warnings=settings.warnings,
        weight=settings.warning_weight,
    )


word_of_mouth = Reduction(("orders", "responses"), reduce, finish)


def scenario(
    rows: pl.DataFrame,
    *,
    share: float,
    recommendations: tuple[float, ...],
    warnings: tuple[float, ...],
    weight: float,
) -> pl.DataFrame:
    """The scenario for the customers, own_value, new_customers and value_of_new_customer of each category.

    Args:
        rows: month, category, customers, own_value (per customer), new_customers, value_of_new_customer.
        share: fraction of the new customers who came by a recommendation, 0..1.
        recommendations: per promoter, passive and detractor.
        warnings: per promoter, passive and detractor.
        weight: recommendations that one warning cancels; 0 leaves warnings out.

    Returns:
        Columns of value.word_of_mouth. conversion is the number of new customers per recommendation.
    """
    by_category = dict(zip(SURVEYED, recommendations, strict=True)), dict(zip(SURVEYED, warnings, strict=True))
    made, warned = (pl.col("category").replace_strict(rates, return_dtype=pl.Float64) for rates in by_category)
    all_made = (pl.col("customers") * pl.col("recommendations")).sum().over("month")
    one = pl.col("conversion") * pl.col("value_of_new_customer")
    total = pl.col("total_value")
    return (
        rows.sort("month", pl.col("category").cast(ORDERED))
        .with_columns(recommendations=made, warnings=warned)
        .with_columns(conversion=pl.when(all_made > 0).then(share * pl.col("new_customers") / all_made).otherwise(0.0))
        .with_columns(
            recommendation_value=pl.col("recommendations") * one, warning_cost=pl.col("warnings") * weight * one
        )
        .with_columns(total_value=pl.col("own_value") + pl.col("recommendation_value") - pl.col("warning_cost"))
        .with_columns(
            worth_of_turning_into_promoter=total.filter(pl.col("category") == "promoter").first().over("month") - total
        )
        .select(table_schema(TABLE).names())
    )
