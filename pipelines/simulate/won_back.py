"""What a contact does to the customer's next answer, and who is held out from contacts.

Here: the planted effect, from 0 to Parameters.follow_up_effect, different between customers, and the arm that measures
it. Not here: whom the shop contacts otherwise (surveys). The arm is the simulator's own: the warehouse draws by a
pseudonym that no export names, so only who reads the shop's people knows it.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from pipelines.simulate.history import DAY
from pipelines.simulate.truth.parameters import Parameters

SETTLED_DAYS = 14  # from an answer to the first one that a contact can change
DETRACTOR = 2


def hold_out(people: pl.DataFrame, follow_ups: pl.DataFrame, answers: pl.DataFrame, p: Parameters) -> pl.DataFrame:
    """The contacts without those of people held out (`held_out` of the people)."""
    if not p.holdout:
        return follow_ups
    person = answers["person"].gather(follow_ups["answer"])
    return follow_ups.filter(~people["held_out"].gather(person))


def win_back(
    answers: pl.DataFrame, follow_ups: pl.DataFrame, p: Parameters, rng: np.random.Generator
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Answers and contacts after the effect of each person's first contact on their next answer.

    A next answer by a detractor becomes one of 7 to 9, without a comment, with the probability of `won_with`. Nobody is
    contacted after it.
    """
    if not p.follow_up_effect:
        return answers, follow_ups
    numbered = answers.with_row_index("answer").cast({"answer": pl.Int64})
    first = (
        follow_ups.select("answer", "contacted_at")
        .join(numbered.select("answer", "person", "answered_at", chance=won_with(p)), on="answer")
        .sort("answered_at", "answer")
        .unique("person", keep="first", maintain_order=True)
    )
    later = numbered.filter(~pl.col("anonymous")).select("person", "bucket", next="answer", next_at="answered_at")
    following = (
        first.join(later, on="person")
        .filter(pl.col("next_at") > pl.max_horizontal(pl.col("answered_at") + SETTLED_DAYS * DAY, "contacted_at"))
        .sort("next_at", "next")
        .unique("person", keep="first", maintain_order=True)
    )
    lucky = rng.random(len(following)) < following["chance"].to_numpy()
    score = 7 + rng.integers(0, 3, len(following))
    won = following.with_columns(score=pl.Series(score)).filter(pl.Series(lucky), pl.col("bucket") == DETRACTOR)
    row = won["next"]
    is_won = numbered["answer"].is_in(row.implode())
    changed = numbered.join(won.select(answer="next", won="score"), on="answer", how="left", maintain_order="left")
    score_won = pl.col("won")
    answers = changed.with_columns(
        score=pl.coalesce(score_won, "score"),
        bucket=pl.when(score_won >= 9).then(0).when(score_won.is_not_null()).then(1).otherwise("bucket"),
        comment=pl.when(score_won.is_null()).then("comment"),
        commented=pl.col("commented") & score_won.is_null(),
        gives_contact=pl.col("gives_contact") & score_won.is_null(),
    ).select(answers.columns)
    return answers, follow_ups.filter(~is_won.gather(follow_ups["answer"]))


def won_with(p: Parameters) -> pl.Expr:
    """Probability that a contact wins back who gave an answer and would stay a detractor.

    Half of the effect after a late delivery, and half for a score of 5 or 6, a quarter for one of 4.
    """
    mild = ((pl.col("score") - 3) / 2).clip(0, 1)
    return p.follow_up_effect * (pl.col("felt_late").cast(pl.Float64) + mild) / 2
