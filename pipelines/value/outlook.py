"""What a customer will do, with how much of it is uncertain: probabilities of an order, quantiles of orders and money.

Here: the columns of value.customers that follow from the distribution of a customer's orders ahead. Not here: the
distributions (statistics/orders_ahead, statistics/money_ahead), and the expectations (customer_base.score).

Everything is calibrated as year_ahead.py does: the odds of n orders or more are divided, for each category and every n
and time alike, by the factor by which those of none were off. So a probability of an order above 1/2, a median of 1
order or more, and a median wait within the time always go together.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.statistics import money_ahead, orders_ahead
from pipelines.statistics.odds_shift import shifted
from pipelines.value.customer_base import Base, not_left
from pipelines.value.histories import DAYS_A_WEEK, Floats, Ints
from pipelines.value.year_ahead import members

LEVELS = {"p10": 0.1, "p50": 0.5, "p90": 0.9}
PROBABILITY_DAYS = (30, 90, 365)
# A median wait of more days is no forecast.
LONGEST_WAIT = 3650


def outlook(base: Base, off: Floats, *, weeks: float) -> pl.DataFrame:
    """Probabilities and quantiles of each customer of a base, in its order.

    Args:
        base: the customers and their model.
        off: by category, see MonthEnd.off.
        weeks: how far ahead the quantiles look.

    Returns:
        order_probability_30d, _90d, _365d; orders_p10, _p50, _p90; sums_p10, _p50, _p90 (money ahead in units of the
        expected money per order); next_order_days, null if the next order never comes with probability 1/2, or later
        than LONGEST_WAIT.
    """
    counts = members(base)
    category, history = np.nonzero(counts)
    # Which pair of category and history each customer has.
    place = np.cumsum(counts.ravel() > 0) - 1
    of_customer = place[_category(base) * counts.shape[1] + base.triples.of_customer]
    parameters, alive = base.model.purchases, not_left(base.model, base.triples)
    alive, shift = alive[history], off[category]
    frequency, age = base.triples.frequency[history], base.triples.in_weeks.age[history]
    columns: dict[str, Floats | Ints] = {}
    for days in PROBABILITY_DAYS:
        none = 1 - alive * orders_ahead.any_order(parameters, frequency, age, days / DAYS_A_WEEK)
        columns[f"order_probability_{days}d"] = 1 - shifted(none, shift)
    levels = [shifted(level, -shift) for level in LEVELS.values()]
    orders = orders_ahead.quantiles(parameters, alive, frequency, age, weeks=weeks, levels=levels)
    columns |= {f"orders_{name}": values for name, values in zip(LEVELS, orders, strict=True)}
    wait = orders_ahead.next_order(parameters, alive, frequency, age, shifted(0.5, shift)) * DAYS_A_WEEK
    columns["next_order_days"] = np.where(wait <= LONGEST_WAIT, np.ceil(wait), np.nan)
    rows = pl.DataFrame({name: values[of_customer] for name, values in columns.items()})
    return rows.with_columns(pl.col("next_order_days").fill_nan(None).cast(pl.Int32), **_sums(base, off, weeks=weeks))


def _sums(base: Base, off: Floats, *, weeks: float) -> dict[str, pl.Series]:
    """Quantiles of the money ahead; who has spent nothing so far has those of the purchases alone."""
    triples, category = base.triples, _category(base)
    who = money_ahead.Customers(
        not_left(base.model, triples)[triples.of_customer],
        triples.frequency[triples.of_customer],
        triples.in_weeks.age[triples.of_customer],
        base.customers["value_orders"].to_numpy(),
    )
    levels = [shifted(level, -off)[category] for level in LEVELS.values()]
    sums = money_ahead.quantiles(base.model.purchases, base.model.gamma_gamma, who, weeks=weeks, levels=levels)
    return {f"sums_{name}": pl.Series(values) for name, values in zip(LEVELS, sums, strict=True)}


def _category(base: Base) -> Ints:
    """By customer: place of the category in facts.CATEGORIES."""
    return base.customers["category"].to_physical().to_numpy().astype(np.int64)
