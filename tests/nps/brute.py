"""The tables by_period and by_segment in plain loops over answers.

Here: the expected rows. Not here: the answers (shop.py).
"""

from __future__ import annotations

from datetime import date
from math import erfc, sqrt
from statistics import NormalDist
from typing import Any

import polars as pl
from nps.shop import DIMENSIONS, STAGES, Answer, Shop
from polars.testing import assert_frame_equal
from scipy import stats

from pipelines.nps import automatic_window
from pipelines.nps.by_segment import SEGMENT_GRAINS
from pipelines.periods import Span, windows
from pipelines.settings import Settings


def counted(answers: list[Answer], start: date, end: date, counting: str) -> list[Answer]:
    """The answers a window counts, by definition: without next_response_at."""
    inside = [answer for answer in answers if start <= answer.day < end]
    if counting == "all":
        return inside
    return [
        answer
        for answer in inside
        if answer.customer is None
        or not any(
            (other.customer, other.stage) == (answer.customer, answer.stage) and other.at > answer.at
            for other in inside
        )
    ]


class Sample:
    """One sample's figures in plain arithmetic."""

    def __init__(self, answers: list[Answer], dimension: str | None = None) -> None:
        """With a dimension, one customer's answers in two segments count as two customers'."""
        self.answers = answers
        self.dimension = dimension
        self.n = len(answers)
        self.counts = tuple(sum(answer.sign == sign for answer in answers) for sign in (1, 0, -1))
        points: tuple[Any, Any] = self.points(*self.counts) if answers else (None, None)
        self.nps, self.se = points
        number = self.people = self.n / self.design(answers) if answers else 0
        promoters, passives, detractors = (number * count / max(self.n, 1) for count in self.counts)
        self.pseudo = (promoters + 0.75, passives + 1.5, detractors + 0.75)
        self.adjusted_n = sum(self.pseudo)
        self.adjusted, self.adjusted_se = self.points(*self.pseudo)

    def enough(self, settings: Settings) -> bool:
        """Whether there are min_responses answers, and at least ten independent ones."""
        return self.n >= max(10, settings.min_responses) and self.people >= 10

    def design(self, answers: list[Answer]) -> float:
        """Design effect by customer; every anonymous answer is its own customer."""
        mean = (self.counts[0] - self.counts[2]) / (self.n + 3)
        customers: dict[str, list[float]] = {}
        for answer in answers:
            name = f"{answer.customer or answer.response_id} {answer.segments.get(self.dimension or '')}"
            customers.setdefault(name, []).append(answer.sign - mean)
        independent = sum((answer.sign - mean) ** 2 for answer in answers)
        if not independent:
            customers = {name: [1.0] * len(signs) for name, signs in customers.items()}
            independent = self.n
        return max(1.0, sum(sum(signs) ** 2 for signs in customers.values()) / independent)

    @staticmethod
    def points(promoters: float, passives: float, detractors: float) -> tuple[float, float]:
        n = promoters + passives + detractors
        mean = (promoters - detractors) / n
        spread = promoters * (1 - mean) ** 2 + passives * mean**2 + detractors * (1 + mean) ** 2
        return 100 * mean, 100 * sqrt(spread) / n

    def against(self, other: Sample, z: float, covariance: float = 0) -> tuple[float | None, ...]:
        """Difference, low, high and p-value."""
        if self.nps is None or other.nps is None:
            return (None,) * 4
        variance = self.adjusted_se**2 + other.adjusted_se**2
        direct = variance - 2e4 * covariance / (self.n * other.n)
        if direct <= 0:
            bound = sqrt(self.se**2 * self.n**2 * other.se**2 * other.n**2) / 1e4
            direct = variance - 2e4 * min(covariance, bound) / ((self.n + 3) * (other.n + 3))
        error, centre = sqrt(direct), self.adjusted - other.adjusted
        point = self.nps - other.nps
        low, high = max(-200, centre - z * error), min(200, centre + z * error)
        return point, min(low, point), max(high, point), erfc(abs(centre) / error / sqrt(2))

    def one_of_many(self, other: Sample) -> float | None:
        """The larger of Welch's p-value and the one with the common variance."""
        if self.nps is None or other.nps is None:
            return None
        gap = abs(self.adjusted - other.adjusted)
        square, other_square = self.adjusted_se**2, other.adjusted_se**2
        shares = square**2 / (self.adjusted_n - 3.75) + other_square**2 / (other.adjusted_n - 3.75)
        welch = 2 * stats.t.sf(gap / sqrt(square + other_square), (square + other_square) ** 2 / shares)
        together = [own + others for own, others in zip(self.pseudo, other.pseudo, strict=True)]
        _, common = self.points(*together)
        n = self.adjusted_n + other.adjusted_n
        return max(float(welch), erfc(gap / (common * sqrt(n / self.adjusted_n + n / other.adjusted_n)) / sqrt(2)))

    def covariance(self, other: Sample) -> float:
        """Covariance, from every pair of answers of one customer."""
        means = [float(part.nps) / 100 for part in (self, other)]
        return sum(
            (first.sign - means[0]) * (second.sign - means[1])
            for first in self.answers
            for second in other.answers
            if first.customer is not None and first.customer == second.customer
        )


def figures(sample: Sample, previous: Sample, every: Sample, settings: Settings) -> tuple[Any, ...]:
    """The columns responses to every_nps."""
    z = NormalDist().inv_cdf(0.5 + settings.confidence / 2)
    margin = z * sample.adjusted_se
    change = sample.against(previous, z, sample.covariance(previous) if previous.n else 0)
    return (
        sample.n,
        *sample.counts,
        sample.nps,
        sample.se,
        margin,
        max(-100, min(sample.adjusted - margin, sample.nps)),
        min(100, max(sample.adjusted + margin, sample.nps)),
        sample.enough(settings),
        (z + NormalDist().inv_cdf(0.8)) * sqrt(2) * sample.adjusted_se,
        previous.n,
        previous.nps,
        *change,
        None if change[3] is None else change[3] < 1 - settings.confidence,
        sample.enough(settings) and previous.enough(settings) if previous.n else None,
        every.n,
        every.nps,
    )


def adjust(p: list[float]) -> list[Any]:
    ranked = sorted(p)
    return [min(1.0, *(q * len(p) / (1 + rank) for rank, q in enumerate(ranked) if q >= own)) for own in p]


def samples(
    shop: Shop, row: dict[str, Any], stage: str, counting: str, segment: tuple[str, str] | None = None
) -> tuple[Sample, Sample, Sample]:
    """The samples of the window and of its previous window, and every answer of the window."""
    return tuple(  # type: ignore[return-value]
        Sample(
            [
                answer
                for answer in counted(shop.past, row[start], row[end], how)
                if stage in ("all", answer.stage) and (segment is None or answer.segments[segment[0]] == segment[1])
            ]
        )
        for start, end, how in (
            ("period_start", "period_end", counting),
            ("previous_start", "previous_end", counting),
            ("period_start", "period_end", "all"),
        )
    )


HEAD = ("month", "grain", "period_start", "period_end", "is_complete")


def reference_periods(shop: Shop, span: Span, settings: Settings) -> list[tuple[Any, ...]]:
    rows = []
    for row in windows(span).rows(named=True):
        for stage in ("all", *STAGES):
            sample, previous, every = samples(shop, row, stage, settings.counting)
            if sample.n:
                rows.append((*(row[name] for name in HEAD), stage, *figures(sample, previous, every, settings)))
    for month in windows(span, grains=["trailing_365d"]).rows(named=True):
        free = [row for row in automatic_window.candidates(span).rows(named=True) if row["month"] == month["month"]]
        for stage in ("all", *STAGES):
            candidates = [(row, *samples(shop, row, stage, settings.counting)) for row in free]
            answered = [(row, *figures(*three, settings)) for row, *three in candidates if three[0].n]
            if answered:
                # Candidates are in order of length; figure 7 is the margin.
                row, *best = next((one for one in answered if one[7] <= settings.target_margin), answered[-1])
                rows.append((row["month"], "auto", *(row[name] for name in HEAD[2:]), stage, *best))
    return sorted(rows, key=lambda row: (row[1], row[2], row[5]))


def reference_segments(shop: Shop, span: Span, settings: Settings) -> list[tuple[Any, ...]]:
    z = NormalDist().inv_cdf(0.5 + settings.confidence / 2)
    rows = []
    for row in windows(span, grains=SEGMENT_GRAINS).rows(named=True):
        for stage in ("all", *STAGES):
            whole, *_ = samples(shop, row, stage, settings.counting)
            for dimension, names in DIMENSIONS.items():
                family = []
                for name in names:
                    sample, previous, every = samples(shop, row, stage, settings.counting, (dimension, name))
                    rest = Sample([answer for answer in whole.answers if answer.segments[dimension] != name], dimension)
                    if sample.n:
                        head = (*(row[column] for column in HEAD), stage, dimension, name)
                        against = (*sample.against(rest, z)[:3], sample.one_of_many(rest))
                        family.append((head, figures(sample, previous, every, settings), sample, rest, against))
                ps = [against[3] for *_, against in family if against[3] is not None]
                adjusted = adjust(ps) if ps else [None] * len(family)
                for (head, body, sample, rest, against), p in zip(family, adjusted, strict=True):
                    enough = sample.enough(settings) and rest.enough(settings) if rest.n else None
                    tests = (p, len(family), enough, None if p is None else p < 1 - settings.confidence)
                    rows.append((*head, *body, rest.n, rest.nps, *against[:3], *tests, None, None, None))
    return sorted(rows, key=lambda row: (row[1], row[2], *row[5:8]))


def check(result: pl.DataFrame, expected: list[tuple[Any, ...]]) -> None:
    assert_frame_equal(result, pl.DataFrame(expected, schema=result.schema, orient="row"), rel_tol=1e-9, abs_tol=1e-9)
