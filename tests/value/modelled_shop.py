"""A shop large enough for the customer-base models, and the tables made of them.

Here: drawing the shop, computing the tables. Not here: what must hold (test_customer_base.py, test_forecasts.py).
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from polars.testing import assert_frame_equal
from value.shop import answer, order, shop, span

from pipelines.settings import Settings
from pipelines.value.at_risk import at_risk
from pipelines.value.by_category import by_category
from pipelines.value.customers import customers
from pipelines.value.model_backtest import model_backtest
from pipelines.value.models import models
from pipelines.value.retention import retention

AS_OF = "2024-03-10 17:30"
SPAN = span("2023-01", "2024-03", AS_OF)
ALL = Settings(customer_months=0)


def records(seed, people=130):
    """Orders and answers of almost two years: repeat buyers enough to fit the later months, early and late refunds."""
    random = Random(seed)
    orders, answers = [], []
    for person in range(people):
        day, rate = random.uniform(0, 500), random.gammavariate(1.2, 1 / 60)
        leave, taste = random.betavariate(0.8, 2.0), random.gauss(0, 0.5)
        while day < 640:
            when = datetime(2022, 6, 10, 9, tzinfo=ZoneInfo("UTC")) + timedelta(days=day, hours=random.randint(0, 30))
            gross = f"{random.lognormvariate(3.5 + taste, 0.6):.2f}"
            facts = {}
            if random.random() < 0.15:
                later = when + timedelta(days=random.choice([-1, 3, 20, 70]))
                facts = {"refunded": random.choice([gross, "5.00"]), "refunded_at": f"{later:%Y-%m-%d %H:%M}"}
            name = f"o{person}-{len(orders)}"
            facts["cancelled"] = random.random() < 0.03
            orders.append(order(name, f"c{person}", f"{when:%Y-%m-%d %H:%M}", gross, **facts))
            if random.random() < 0.3:
                asked = when + timedelta(days=9)
                answers.append(
                    answer(f"a{len(answers)}", f"c{person}", f"{asked:%Y-%m-%d %H:%M}", random.randint(0, 10))
                )
            if random.random() < leave:
                break
            day += random.expovariate(rate)
    return orders, answers


def tables(orders, answers, months=SPAN, stored=None, settings=ALL):
    """The tables of the customer base, by name; `stored` is value.models as it was."""
    o, a, _ = shop(orders, answers)
    fits = None if stored is None else stored.lazy()
    options = {"span": months, "settings": settings}
    return {
        "models": models(o, fits, **options),
        "model_backtest": model_backtest(o, fits, **options),
        "by_category": by_category(o, a, fits, **options),
        "customers": customers(o, a, fits, **options),
        "at_risk": at_risk(o, a, fits, **options),
        "retention": retention(o, **options),
    }


def assert_same(result, expected):
    for name, wanted in expected.items():
        assert_frame_equal(result[name], wanted, check_exact=True)
