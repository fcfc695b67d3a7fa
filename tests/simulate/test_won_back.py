"""The planted effect of follow-up: nobody held out is contacted, and contacts win back as many as planted."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipelines.simulate import Parameters
from pipelines.simulate.won_back import won_with
from pipelines.simulate.world import World, build


def shop(**parameters: float) -> World:
    return build(
        customers=3_000, months=24, seed=5, end=date(2026, 1, 1), zone="UTC", parameters=Parameters(**parameters)
    )


def test_without_an_effect_the_shop_is_what_it_was_but_for_contacts() -> None:
    plain, held = shop(), shop(holdout=0.3)
    assert held.answers.equals(plain.answers)
    assert held.orders.equals(plain.orders)
    person = plain.answers["person"].gather(plain.follow_ups["answer"])
    assert held.follow_ups.equals(plain.follow_ups.filter(~held.people["held_out"].gather(person)))
    assert 0.25 < held.people["held_out"].mean() < 0.35
    assert not plain.people["held_out"].any()


def test_an_effect_changes_next_answers_of_those_contacted_and_nothing_else() -> None:
    held, won = shop(holdout=0.2), shop(holdout=0.2, follow_up_effect=1.0)
    changed = won.answers.filter(won.answers["score"] != held.answers["score"])
    assert changed.height > 15
    assert changed["score"].is_between(7, 9).all()
    assert changed["comment"].null_count() == changed.height
    people = changed["person"]
    assert people.is_unique().all()
    assert people.is_in(held.answers["person"].gather(held.follow_ups["answer"]).implode()).all()
    # Nobody is called for an answer that is none of a detractor.
    assert (won.answers["bucket"].gather(won.follow_ups["answer"]) == 2).all()
    assert won.orders.equals(held.orders)


def test_the_effect_differs_between_customers() -> None:
    chances = (
        shop(follow_up_effect=0.3)
        .answers.filter(pl.col("bucket") == 2)
        .select("score", "felt_late", chance=won_with(Parameters(follow_up_effect=0.3)))
    )
    assert (chances["chance"].min(), chances["chance"].max()) == (0.0, 0.3)
    by_kind = chances.group_by("felt_late").agg(pl.col("chance").mean()).sort("felt_late")["chance"]
    assert by_kind[1] > by_kind[0] + 0.1
