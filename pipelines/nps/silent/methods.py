"""The four methods: what each takes from a history, and when it has too little to say anything.

Here: which customers, kinds and factors each method looks at. Not here: the estimation (pipelines/statistics:
multilevel, late_answers, shadow_variable, lasting_score) and the rows of the table (everybody.py).

alike looks at each buyer's last order and last answer in the window. late_answers and behaviour look at each buyer's
first order in the window and the answers about it: who answered anything in the window ordered, and was asked, more
often than others, but everybody has one first order. Whether it was answered is known soon, and no later order changes
it; the last SETTLING days are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.nps.events import day_number
from pipelines.nps.silent.history import SEGMENTS, YEAR, Buyers, History
from pipelines.statistics.lasting_score import LEAST_PAIRS, lasting_signs
from pipelines.statistics.late_answers import carried_on
from pipelines.statistics.multilevel import predicted_mean
from pipelines.statistics.score import POINTS, quantile
from pipelines.statistics.shadow_variable import CUT, NEXT, Behaviour, Target, estimate

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

SCORES = np.arange(11)
# Of a score in points. Matrix products differ in the last digits with the place of their operands in memory.
DECIMALS = 4
SIGNS = np.select([SCORES >= 9, SCORES <= 6], [1.0, -1.0], 0.0)
# Days after an order within which nearly all who answer have done so.
SETTLING = 30
BEFORE_DELIVERY = "Answers before delivery stand for answers after it, of which there are too few."
LEAST_ANSWERS, LEAST_FOLLOWED, LEAST_AGAIN = 30, 100, 10
# Days since the order at which the next one is looked for; finer where most orders are.
DAYS = np.array([0, 10, 20, 30, 40, 50, 60, 75, 90, 110, 130, 160, 200, 250, 300, YEAR + 1])
# Lower edges of the bands of purchases in the year before, of purchases in the window, and of days since the last one.
EARLIER_PURCHASES, PURCHASES, RECENCY = (1, 2, 3), (2, 3, 4, 6), (31, 91, 181)
ALIKE = (
    "Buyers alike in account, country, category, order value, purchases, delivery, recency and last earlier answer "
    "think alike, whether or not they answer."
)
LATE = "Those who never answered think as the last who did: late answers differ from early ones beyond chance."
NO_TREND = (
    "Those who never answered think as those who did: late answers do not differ from early ones beyond chance, so "
    "that only the interval is wider."
)
BEHAVIOUR = (
    "Customers of the same kind and the same lasting satisfaction order again at the same pace, whether or not they "
    "answer."
)
ALL_LASTS = (
    f"{BEHAVIOUR} All of a score is taken to last, since fewer than {LEAST_PAIRS} customers answered about two "
    "orders; the score may be too low."
)


@dataclass(frozen=True)
class Said:
    """What a method says: points of NPS, or the reason why nothing. answered: buyers whose answers it rests on."""

    answered: int
    assumption: str
    nps: float | None = None
    low: float | None = None
    high: float | None = None
    reason: str | None = None

    @classmethod
    def of(cls, answered: int, assumption: str, mean: float, low: float, high: float) -> Said:
        """With mean, lower and upper end on the scale from -1 to 1."""
        points = (float(np.clip(POINTS * figure, -POINTS, POINTS)) for figure in (mean, low, high))
        nps, lower, upper = (round(figure, DECIMALS) for figure in points)
        return cls(answered, assumption, nps, lower, upper)


@dataclass(frozen=True)
class FirstOrders:
    """Each buyer's first purchase of a window, all arrays with one entry per buyer.

    answer: row of the answer about it, -1 for the silent. score: of that answer, -1 likewise. kind: what customers are
    compared within, below `kinds`. settled: whether SETTLING days have passed since.
    """

    purchase: Ints
    answer: Ints
    score: Ints
    kind: Ints
    kinds: int
    settled: NDArray[np.bool_]

    @classmethod
    def of(cls, history: History, buyers: Buyers) -> FirstOrders:
        """The first purchases of these buyers."""
        purchase = buyers.first
        answer = history.answer_about(purchase)
        account, accounts = _levels(history.sources.segments["account_type"][history.first_order[purchase]])
        before = np.searchsorted(EARLIER_PURCHASES, history.purchases_before(purchase), side="right")
        return cls(
            purchase,
            answer,
            _scores(history, answer),
            account * (len(EARLIER_PURCHASES) + 1) + before,
            accounts * (len(EARLIER_PURCHASES) + 1),
            history.day[purchase] <= day_number(history.end) - SETTLING,
        )

    def by_kind(self) -> Target:
        """The buyers by kind, and of those settled the answered by kind and score, and the silent by kind."""
        heard, silent = self.settled & (self.score >= 0), self.settled & (self.score < 0)
        given = np.bincount(self.kind[heard] * len(SCORES) + self.score[heard], minlength=self.kinds * len(SCORES))
        return Target(
            _counts(np.bincount(self.kind, minlength=self.kinds)),
            _counts(given.reshape(self.kinds, len(SCORES))),
            _counts(np.bincount(self.kind[silent], minlength=self.kinds)),
            is_followed=False,
        )

    def followed(self, history: History) -> Behaviour:
        """What the settled did after their first purchase, up to the end of the history."""
        day, again = history.day[self.purchase], history.next_day[self.purchase]
        end = int(day_number(history.end))
        bins = len(DAYS)
        place = np.searchsorted(DAYS, np.where(again >= 0, again, end) - day, side="right") - 1
        outcome = np.where(again >= 0, NEXT, CUT)
        cell = (self.score + 1) * 2 + outcome
        cell = (self.kind * (len(SCORES) + 1) * 2 + cell) * bins + place
        size = self.kinds * (len(SCORES) + 1) * 2 * bins
        made = np.bincount(cell[self.settled], minlength=size).reshape(self.kinds, len(SCORES) + 1, 2, bins)
        return Behaviour(_counts(made[:, 1:]), _counts(made[:, 0]))


def alike(history: History, buyers: Buyers, confidence: float) -> Said:
    """Multilevel regression of the answers, and poststratification to all buyers as if they answered after delivery."""
    heard = np.flatnonzero(buyers.heard >= 0)
    if len(heard) < LEAST_ANSWERS:
        return Said(len(heard), ALIKE, reason=f"fewer than {LEAST_ANSWERS} buyers answered")
    answers, sources = buyers.heard[heard], history.sources
    factors, sizes = zip(*_factors(history, buyers), strict=True)
    shares = [np.bincount(levels, minlength=size) / len(levels) for levels, size in zip(factors, sizes, strict=True)]
    after = sources.is_after[answers]
    stage, stages = _levels(sources.stage[answers])
    asked = np.bincount(stage[after] if after.any() else stage, minlength=stages)
    mean, error = predicted_mean(
        [*(levels[heard] for levels in factors), stage],
        [*sizes, stages],
        SIGNS[sources.score[answers]],
        [*shares, asked / asked.sum()],
    )
    half = quantile(confidence) * error
    return Said.of(len(heard), ALIKE, mean, mean - half, mean + half)


def late_answers(history: History, first: FirstOrders, confidence: float) -> Said:
    """The trend over reminders and waits of the answers about first orders, carried on to the silent."""
    asked = int(first.settled.sum())
    heard = np.flatnonzero(first.settled & (first.score >= 0))
    wait, reminders = history.waits(first.purchase[heard], first.answer[heard])
    known = wait >= 0
    if known.sum() < LEAST_ANSWERS:
        return Said(len(heard), LATE, reason=f"fewer than {LEAST_ANSWERS} answers with a known invitation")
    order = np.lexsort((wait[known], reminders[known]))
    resistance = np.zeros(len(order))
    steps = np.diff(reminders[known][order], prepend=0) + np.diff(wait[known][order], prepend=0) != 0
    resistance[order] = np.cumsum(steps)
    # Not scipy.stats.rankdata: importing that package takes every command 0.35 s of processor.
    places = (pl.Series(resistance).rank("average").to_numpy() - 0.5) / len(order)
    carried = carried_on(places, SIGNS[first.score[heard[known]]], len(heard) / asked, confidence=confidence)
    assumption = LATE if carried.is_trend else NO_TREND
    return Said.of(len(heard), _in_full(history, assumption), carried.mean, carried.low, carried.high)


def behaviour(history: History, first: FirstOrders, year: FirstOrders | None, confidence: float) -> Said:
    """The silent as the answered who order again as they do; learnt from the first orders of the year up to the end.

    Args:
        history: what was known at the end.
        first: the first orders of the window.
        year: those of the year up to the end; None if the window is that year.
        confidence: level of the interval.
    """
    target, learnt = first.by_kind(), (year or first).followed(history)
    answered = int(target.answered.sum())
    again, silent_again = learnt.answered[:, :, NEXT].sum(), learnt.silent[:, NEXT].sum()
    reason = None
    if answered < LEAST_ANSWERS or learnt.answered.sum() < LEAST_FOLLOWED:
        reason = f"fewer than {LEAST_ANSWERS} answers about first orders that are {SETTLING} days old"
        if answered >= LEAST_ANSWERS:
            reason = f"fewer than {LEAST_FOLLOWED} answers about first orders of the year"
    elif min(again, silent_again) < LEAST_AGAIN:
        reason = f"fewer than {LEAST_AGAIN} next orders of those who answered or of those who did not"
    if reason:
        return Said(answered, BEHAVIOUR, reason=reason)
    earlier, later = history.scores_of_two_orders
    pairs = _counts(np.bincount(earlier * len(SCORES) + later, minlength=len(SCORES) ** 2))
    pairs = pairs.reshape(len(SCORES), len(SCORES))
    found = estimate(
        learnt,
        target if year else Target(target.everybody, target.answered, target.silent, is_followed=True),
        scores=_counts(SCORES),
        signs=SIGNS,
        lasting=lasting_signs(pairs, SIGNS),
        confidence=confidence,
    )
    assumption = BEHAVIOUR if pairs.sum() >= LEAST_PAIRS else ALL_LASTS
    return Said.of(answered, _in_full(history, assumption), found.mean, found.low, found.high)


def _in_full(history: History, assumption: str) -> str:
    return f"{assumption} {BEFORE_DELIVERY}" if history.is_before_delivery else assumption


def _factors(history: History, buyers: Buyers) -> list[tuple[Ints, int]]:
    """Levels of every buyer in every factor, and the number of levels."""
    orders, sources = history.last_order[buyers.last], history.sources
    late = np.where(sources.delivered_at[orders] < sources.begins(history.end), sources.lateness[orders], 0)
    recency = int(day_number(history.end)) - history.day[buyers.last]
    earlier = _scores(history, buyers.earlier)
    before = np.where(earlier >= 0, SIGNS[earlier].astype(np.int64) + 2, 0)
    bands = [
        (PURCHASES, buyers.last - buyers.first + 1),
        (EARLIER_PURCHASES, history.purchases_before(buyers.first)),
        (RECENCY, recency),
    ]
    return [
        *(_levels(sources.segments[name][orders]) for name in SEGMENTS),
        *((np.searchsorted(edges, values, side="right"), len(edges) + 1) for edges, values in bands),
        (late, 3),
        (before, 4),
    ]


def _scores(history: History, answer: Ints) -> Ints:
    """The scores of these answers; -1 where there is none."""
    scores = np.append(history.sources.score, -1)
    return np.where(answer >= 0, scores[answer], -1)


def _levels(codes: NDArray[Any]) -> tuple[Ints, int]:
    """The codes as numbers from 0 in their order, without those that do not occur, and how many there are."""
    # Counted, not sorted: a tenth of the time.
    used = np.bincount(codes) > 0
    return (np.cumsum(used) - 1)[codes], int(used.sum())


def _counts(counts: Ints) -> Floats:
    return np.asarray(counts, dtype=np.float64)
