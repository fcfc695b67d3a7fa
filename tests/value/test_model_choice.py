"""Which of the two models of purchases a month takes: the hold-out by hand, and customers drawn from either model."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from drawn_histories import CDNOW, CDNOW_MBG, drawn
from value.modelled_shop import AS_OF
from value.shop import month_end, order, shop, span

from pipelines.statistics import bg_nbd, mbg_nbd
from pipelines.value import customer_base, model_choice
from pipelines.value.histories import distinct
from pipelines.value.model_choice import BG_NBD, MBG_NBD, Choice, Past, chosen, past_of
from pipelines.value.months import months_of

ORDERS = [
    # 730 days before the last of February 2024: the hold-out is the latter half, 365 days from 2 March 2023.
    order("o1", "ann", "2022-03-01 12:00", "10.00"),
    order("o2", "ann", "2022-05-01 12:00", "10.00"),
    order("o3", "ann", "2023-04-30 12:00", "10.00"),
    order("o4", "bob", "2023-03-01 12:00", "10.00"),
    order("o5", "bob", "2023-03-02 12:00", "10.00"),
    # First seen in the hold-out: in neither.
    order("o6", "cid", "2023-03-02 12:00", "10.00"),
    # Known at the month's end as refunded, so never bought.
    order("o7", "bob", "2023-01-01 12:00", "10.00", refunded="10.00", refunded_at="2023-09-01 12:00"),
]


def triples(of):
    rows = list(zip(of.frequency.tolist(), of.recency.tolist(), of.age.tolist(), strict=True))
    return [rows[place] for place in of.of_customer]


def past(orders, month="2024-02"):
    months = span(month, month, AS_OF)
    end = month_end(shop(orders)[0], months_of(months)[0], months.clock)
    return past_of(end.people, end.facts.days, end.month)


def test_the_hold_out_by_hand():
    result = past(ORDERS)
    assert result.first_day == date(2023, 3, 2)
    assert triples(result.before) == [(1, 61, 365), (0, 0, 0)]
    assert triples(result.after) == [(2, 425, 730), (1, 1, 365)]


def test_a_young_shop_holds_out_the_latter_half_of_its_life():
    result = past([*ORDERS[3:5], order("o8", "dan", "2023-05-01 12:00", "10.00")], "2023-06")
    # 121 days to the end of June: the last 60.
    assert result.first_day == date(2023, 5, 2)
    assert triples(result.before) == [(1, 1, 61), (0, 0, 0)]
    assert triples(result.after) == [(1, 1, 121), (0, 0, 60)]


def test_the_sample_depends_on_the_first_orders_alone(monkeypatch):
    orders = [
        order(f"o{n}", f"c{n:03}", f"2022-{1 + n % 12:02}-{1 + n % 28:02} {n % 24:02}:{n % 60:02}", "9.00")
        for n in range(200)
    ]
    monkeypatch.setattr(model_choice, "SAMPLE", 100)
    sampled = past(orders).before
    assert 60 < sampled.count.sum() < 140
    renamed = [record | {"customer_id": f"x{999 - n}"} for n, record in enumerate(orders)]
    assert sorted(triples(past(renamed).before)) == sorted(triples(sampled))


def hold_out(parameters, customers, seed):
    """The last 40 weeks of drawn customers."""
    age, who, when = drawn(parameters, customers, seed)
    days, when, length = (7 * age).astype(np.int64), (7 * when).astype(np.int64), 280
    known = days >= length

    def until(end):
        inside = when <= end[who]
        recency = np.zeros(customers, dtype=np.int64)
        np.maximum.at(recency, who[inside], when[inside])
        frequency = np.bincount(who[inside], minlength=customers)
        return distinct(frequency[known], recency[known], end[known])

    return Past(until(days - length), until(days), date(2023, 3, 1))


@pytest.mark.parametrize(("truth", "name"), [(CDNOW, BG_NBD), (CDNOW_MBG, MBG_NBD)])
def test_the_model_that_customers_were_drawn_from_is_chosen(truth, name):
    choices = [chosen(hold_out(truth, 20_000, seed)) for seed in range(3)]
    assert [choice.order[0] for choice in choices] == [name] * 3
    assert all(choice.held_out[0] > choice.held_out[1] for choice in choices)


def test_the_held_out_likelihood_is_that_of_the_later_purchases():
    held = hold_out(CDNOW_MBG, 3_000, 1)
    result = dict(zip(*(getattr(chosen(held), name) for name in ("order", "held_out")), strict=True))
    for name, model in ((BG_NBD, bg_nbd), (MBG_NBD, mbg_nbd)):
        fitted = model.fit(held.before.in_weeks).parameters
        later = bg_nbd.log_likelihood(fitted, held.after.in_weeks) - bg_nbd.log_likelihood(fitted, held.before.in_weeks)
        assert result[name] == pytest.approx(later, rel=1e-12)


def test_few_repeat_buyers_cannot_tell():
    assert chosen(past(ORDERS)) == Choice((BG_NBD, MBG_NBD), (None, None))


@pytest.mark.parametrize("unusable", [{MBG_NBD}, {BG_NBD, MBG_NBD}])
def test_the_other_model_replaces_one_that_cannot_be_fitted(monkeypatch, unusable):
    """The chosen model cannot be fitted to all that is known; without the other, the simple estimate has its reason."""
    held, fit = hold_out(CDNOW_MBG, 20_000, 1), bg_nbd.fit
    names = {parameters: name for name, parameters in model_choice.PARAMETERS.items()}

    def failing(histories, parameters):
        result = fit(histories, parameters)
        is_whole = histories.age.max() == held.after.in_weeks.age.max()
        return replace(result, converged=False) if is_whole and names[parameters] in unusable else result

    monkeypatch.setattr(customer_base.bg_nbd, "fit", failing)
    fitted = customer_base._orders_of(held.after, held, date(2024, 2, 29), "hash")
    assert chosen(held).order == (MBG_NBD, BG_NBD)
    if len(unusable) == 1:
        assert (fitted.name, fitted.reason, fitted.converged) == (BG_NBD, None, True)
        assert (fitted.other_held_out, fitted.held_out) == chosen(held).held_out
    else:
        assert (fitted.name, fitted.reason, fitted.held_out) == (BG_NBD, "not_converged", None)
