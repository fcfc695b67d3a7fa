"""A month of 1,000,000 customers: histories, fits, scores; compared with lifetimes on the same purchases.

Here: seconds and memory, each side in its own process. Not here: whether the figures are right (tests/value,
tests/real). The peer is skipped where it cannot be imported; NORTHSTAR_TEST_PEER names a folder to import it from.
NORTHSTAR_TEST_CUSTOMERS draws another number of customers.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
import warnings
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import polars as pl
import pytest

CUSTOMERS = int(os.environ.get("NORTHSTAR_TEST_CUSTOMERS", "1000000"))
PEER = os.environ.get("NORTHSTAR_TEST_PEER", "")
END = date(2024, 2, 29)
FASTER = 20


def purchases(customers: int) -> pl.DataFrame:
    """Orders of up to 150 weeks, drawn from the models."""
    rng = np.random.default_rng(1)
    rate, leave = rng.gamma(0.4, 1 / 8, customers) / 7, rng.beta(0.8, 2.5, customers)
    age = rng.integers(1, 1051, customers).astype(float)
    money = rng.gamma(3.74, 1 / 15.44, customers)
    who, days = [np.arange(customers)], [np.zeros(customers)]
    moment, here = np.zeros(customers), np.arange(customers)
    while len(here):
        moment[here] += rng.exponential(1 / rate[here])
        here = here[moment[here] < age[here]]
        who.append(here)
        days.append(moment[here].copy())
        here = here[rng.random(len(here)) >= leave[here]]
    person = np.concatenate(who)
    ago = (age[person] - np.concatenate(days)).astype(int)
    cents = np.maximum(100 * rng.gamma(6.25, 1, len(person)) / money[person], 1).astype(np.int64)
    name = pl.Series("customer_id", np.arange(customers)).hash(1).cast(pl.String).str.slice(0, 16)
    frame = pl.DataFrame({"customer_id": name.gather(person), "ago": ago, "cents": cents})
    day = pl.lit(END) - pl.duration(days=pl.col("ago"))
    amount = (pl.col("cents").cast(pl.Decimal(18, 2)) / 100).cast(pl.Decimal(18, 2))
    return frame.select(
        "customer_id",
        order_id=pl.int_range(pl.len()).cast(pl.String),
        country=pl.lit(None, dtype=pl.String),
        channel=pl.lit(None, dtype=pl.String),
        discount=pl.lit(None, dtype=pl.Decimal(18, 2)),
        ordered_at=day.cast(pl.Datetime("us", "UTC")) + pl.duration(hours=10),
        order_date=day,
        is_cancelled=pl.lit(value=False),
        gross=amount,
        refunded_at=pl.lit(None, dtype=pl.Datetime("us", "UTC")),
        net=amount,
        counts=pl.lit(value=True),
        main_product_category=pl.lit(None, dtype=pl.String),
    )


def ours(path: Path) -> dict[str, float]:
    """value.customers of the month, from core.orders; and the share of fitting and scoring in it."""
    from pipelines.periods import Clock, Span, Window
    from pipelines.settings import Settings
    from pipelines.value.customers import customers
    from pipelines.warehouse.tables import empty

    spent = {"fitting": 0.0, "scoring": 0.0}

    def timed(name, function):
        def call(*arguments, **options):
            began = time.perf_counter()
            result = function(*arguments, **options)
            spent[name] += time.perf_counter() - began
            return result

        return call

    from pipelines.value import month_end

    month_end.model_of = timed("fitting", month_end.model_of)
    month_end.score = timed("scoring", month_end.score)
    orders = pl.read_parquet(path)
    responses = empty("core.responses")
    span = Span(Window(date(2024, 2, 1), date(2024, 3, 1)), Clock(datetime(2024, 3, 2, tzinfo=UTC), "UTC"))
    began, worked = time.perf_counter(), time.process_time()
    rows = customers(orders.lazy(), responses.lazy(), span=span, settings=Settings(customer_months=0))
    seconds = time.perf_counter() - began
    spent["processor"] = time.process_time() - worked
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    total = rows["predicted_value"].sum()
    return {"seconds": seconds, "gib": memory, "customers": rows.height, "total": total, **spent}


def peer(path: Path) -> dict[str, float]:
    """The same with lifetimes, following its documentation: from orders to lifetime value of twelve months.

    Besides the models, it computes what value.customers says without one: orders, money, first and last day.
    """
    warnings.simplefilter("ignore")
    if PEER:
        sys.path.append(PEER)
    import lifetimes
    import pandas as pd

    table = pl.read_parquet(path, columns=["customer_id", "order_date", "net"])
    frame = pd.DataFrame(
        {
            "customer_id": table["customer_id"].to_list(),
            "date": pd.to_datetime(table["order_date"].cast(pl.String).to_list()),
            "money": table["net"].cast(pl.Float64).to_numpy(),
        }
    )
    began, worked = time.perf_counter(), time.process_time()
    summary = lifetimes.utils.summary_data_from_transaction_data(
        frame, "customer_id", "date", "money", observation_period_end=pd.Timestamp(END), freq="D", freq_multiplier=7
    )
    summarised = time.perf_counter() - began
    history = (summary["frequency"], summary["recency"], summary["T"])
    orders = lifetimes.BetaGeoFitter()
    orders.fit(*history)
    again = summary[(summary["frequency"] > 0) & (summary["monetary_value"] > 0)]
    money = lifetimes.GammaGammaFitter()
    money.fit(again["frequency"], again["monetary_value"])
    fitted = time.perf_counter() - began - summarised
    summary["alive"] = orders.conditional_probability_alive(*history)
    for days in (90, 180, 364):
        ahead = orders.conditional_expected_number_of_purchases_up_to_time(days / 7, *history)
        summary[f"orders_{days}d"] = ahead
    summary["mean"] = money.conditional_expected_average_profit(summary["frequency"], summary["monetary_value"])
    # Twelve months of 4.345 weeks, each discounted at its end, against our 52 weeks: less than 1 % apart.
    value = money.customer_lifetime_value(
        orders, *history, summary["monetary_value"], time=12, discount_rate=1.1 ** (1 / 12) - 1, freq="W"
    )
    so_far = frame.groupby("customer_id").agg(
        orders=("money", "size"), revenue=("money", "sum"), first=("date", "min"), last=("date", "max")
    )
    frame = summary.join(value).join(so_far).sort_index()
    seconds = time.perf_counter() - began
    parts = {"summary": summarised, "fitting": fitted, "processor": time.process_time() - worked}
    return {"seconds": seconds, **parts, "customers": len(frame), "total": float(value.sum())}


def measured(side: str, path: Path) -> dict[str, float]:
    """One side in its own process."""
    root = Path(__file__).parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    done = subprocess.run(
        [sys.executable, __file__, side, str(path)], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode == 3:
        pytest.skip(f"the peer cannot be imported: {done.stderr.strip().splitlines()[-1]}")
    assert done.returncode == 0, done.stderr
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    print(side, {name: round(value, 2) for name, value in result.items()})
    return result


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("value") / "orders.parquet"
    orders = purchases(CUSTOMERS)
    print(f"\n{CUSTOMERS} customers, {orders.height} orders")
    orders.write_parquet(file)
    return file


def test_a_month_of_a_million_customers(path: Path) -> None:
    result = measured("ours", path)
    assert result["customers"] == CUSTOMERS
    assert result["seconds"] < 10
    assert result["gib"] < 3


def test_faster_than_lifetimes(path: Path) -> None:
    """The same figures from the same purchases; ours also compute state, category and order of the customers."""
    other = measured("peer", path)
    result = measured("ours", path)
    print(f"faster by {other['seconds'] / result['seconds']:.1f}")
    assert other["customers"] == result["customers"]
    assert result["total"] == pytest.approx(other["total"], rel=0.01)
    assert other["seconds"] >= FASTER * result["seconds"]


if __name__ == "__main__":
    try:
        print(json.dumps({"ours": ours, "peer": peer}[sys.argv[1]](Path(sys.argv[2]))))
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(3)
