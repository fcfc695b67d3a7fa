"""Dividing customers by their first order, and by what they first said.

Here: the divisions that cohorts and the second order share. Not here: the tables (cohorts.py, second_order.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipelines.value.facts import CATEGORIES, KINDS, Facts, Ints, Places

EVERYBODY = "all"
CATEGORY = "category"
_UNSURVEYED = np.int8(len(CATEGORIES) - 1)


class Division(NamedTuple):
    """A way to divide customers: names of the segments, and by customer given the place of theirs."""

    dimension: str
    names: Sequence[str]
    of_customer: NDArray[np.integer]


def by_first_order(facts: Facts, first_sale: Ints, kinds: Sequence[str] = KINDS) -> Iterator[Division]:
    """Everybody together, and by kinds of the first order; first_sale: its place, by customer given."""
    yield Division(EVERYBODY, [EVERYBODY], np.zeros(len(first_sale), dtype=np.int64))
    for kind in kinds:
        segments = facts.sales.segments(kind)
        yield Division(kind, segments.names, segments.of_row[first_sale])


def by_first_answer(facts: Facts, who: Ints, until: Ints, of_answer: Ints | Places) -> Division:
    """By the category of the first answer.

    Args:
        facts: of the shop.
        who: numbers of customers.
        until: of each, the last day or month in which an answer is looked for.
        of_answer: day or month of each of facts.answers.
    """
    last = np.full(facts.people, np.iinfo(np.int32).min, dtype=np.int64)
    last[who] = until
    answers = facts.answers
    early = of_answer <= last[answers.customer]
    category = np.full(facts.people, _UNSURVEYED)
    # Backwards, so that of a customer's answers the first stays.
    category[answers.customer[early][::-1]] = answers.category[early][::-1]
    return Division(CATEGORY, CATEGORIES, category[who])
