"""value.models: the fitted customer-base models, month by month.

Here: the rows. Not here: fitting, and when a fit is reused (customer_base).

One fit serves all categories of the latest answer. Alternatives measured in simulated shops:
- a fit per category, alone or shrunk towards the common one: a worse total (3 months: 7 instead of 4 percent too high,
  12 months: 20 instead of 17); the error per customer fell by 2 to 4 percent, that of promoters rose;
- the category as a covariate of rate and drop-out (Fader and Hardie 2007; six months, 12 hold-outs of 5,000 customers):
  the total went from 7 to 3 percent too high and the categories' summed errors from 24 to 17 percent of the orders
  (MBG/NBD: from 5 to -3, and from 24 to 16), but it expected a third to a half of what customers without an answer then
  bought, since having answered is evidence of having bought;
- calibrating each category by its own last hold-out: summed errors of 9 percent. Used, in value.at_risk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import polars as pl

from pipelines.settings import Settings
from pipelines.value.customer_base import Base
from pipelines.value.month_end import MonthEnd
from pipelines.value.reduction import Reduction
from pipelines.warehouse.tables import empty, table_schema

TABLE = "value.models"


def reduce(end: MonthEnd) -> Iterator[pl.DataFrame]:
    """The rows of a month."""
    if end.people.height:
        yield _rows(end.base)


def finish(months: Sequence[pl.DataFrame], _settings: Settings) -> pl.DataFrame:
    """Rows of value.models: the models that value each month's customers.

    Returns:
        One row per month with a customer, model and parameter, by month. The open month has the fit of the last closed
        one, as `fitted_to` says.
    """
    return pl.concat([empty(TABLE), *months])


models = Reduction(("orders", "models"), reduce, finish)


def _rows(base: Base) -> pl.DataFrame:
    """The rows of a month."""
    rows = [
        {
            "month": base.month.start,
            "model": fitted.name,
            "parameter": parameter,
            "value": value,
            "log_likelihood": fitted.log_likelihood,
            "customers": fitted.customers,
            "converged": fitted.converged,
            "fallback": fitted.reason is not None,
            "reason": fitted.reason,
            "correlation": fitted.correlation,
            "fitted_to": fitted.fitted_to,
            "held_out_log_likelihood": fitted.held_out,
            "other_held_out_log_likelihood": fitted.other_held_out,
            "held_out_from": fitted.held_out_from,
            "input_hash": fitted.input_hash,
        }
        for fitted in (base.model.orders, base.model.money)
        for parameter, value in fitted.parameters.items()
    ]
    return pl.DataFrame(rows, schema=table_schema(TABLE))
