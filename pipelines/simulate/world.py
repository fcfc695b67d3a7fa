"""The shop as it happened, latent state included.

Here: the frames of one simulated shop, and the order in which they are drawn. Not here: drawing them (people, orders,
surveys), file formats (exports), and what the parameters amount to in points and money (truth). Missing is null.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl

from pipelines.simulate.history import Calendar
from pipelines.simulate.orders import draw_orders, draw_products, draw_purchases, draw_rates, in_euros
from pipelines.simulate.people import draw_people, draw_recommended, draw_referrals, with_accounts
from pipelines.simulate.surveys import draw_follow_ups, draw_surveys
from pipelines.simulate.truth.parameters import Parameters
from pipelines.simulate.won_back import hold_out, win_back


@dataclass(frozen=True)
class World:
    """Everything that happened, and the latent state behind it."""

    calendar: Calendar
    parameters: Parameters
    people: pl.DataFrame
    products: pl.DataFrame
    orders: pl.DataFrame
    lines: pl.DataFrame
    referrals: pl.DataFrame
    invitations: pl.DataFrame
    answers: pl.DataFrame
    follow_ups: pl.DataFrame
    rates: pl.DataFrame


def build(
    *, customers: int, months: int, seed: int, end: date, zone: str, parameters: Parameters | None = None
) -> World:
    """Draw a shop.

    Raises:
        ValueError: there is nobody or no time to simulate.
    """
    if customers < 1 or months < 1 or seed < 0:
        message = f"customers and months must be 1 or more and seed 0 or more, not {customers}, {months} and {seed}"
        raise ValueError(message)
    p = parameters or Parameters()
    calendar = Calendar.of(months, end, zone)
    # One random stream per subject, so that changing one leaves the others as they were.
    streams = [np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(10)]
    people = draw_people(customers, calendar, p, streams[0])
    people = draw_recommended(people, calendar, p, streams[1])
    purchases, alive = draw_purchases(people, calendar, streams[2])
    products = draw_products()
    orders, lines = draw_orders(purchases, people, products, calendar=calendar, p=p, rng=streams[3])
    people = with_accounts(people, orders, alive, calendar, streams[4])
    referrals = draw_referrals(people, calendar, p, streams[5])
    invitations, answers = draw_surveys(people, orders, calendar, p, streams[6])
    rates = draw_rates(calendar, streams[7])
    orders = in_euros(orders, rates, calendar)
    follow_ups = draw_follow_ups(answers, calendar, p, streams[8])
    people = people.with_columns(held_out=pl.Series(streams[9].random(len(people)) < p.holdout))
    follow_ups = hold_out(people, follow_ups, answers, p)
    answers, follow_ups = win_back(answers, follow_ups, p, streams[9])
    return World(calendar, p, people, products, orders, lines, referrals, invitations, answers, follow_ups, rates)
