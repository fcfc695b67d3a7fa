"""The tables by_period and by_segment against plain loops over answers, and what must not change them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from math import erfc, sqrt
from pathlib import Path
from random import Random
from statistics import NormalDist
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

import duckdb
import polars as pl
import pytest
from polars.testing import assert_frame_equal
from scipy import stats

from pipelines.nps import automatic_window
from pipelines.nps.by_period import scores
from pipelines.nps.by_segment import SEGMENT_GRAINS, by_segment
from pipelines.nps.change_parts import change_parts
from pipelines.nps.counting import pairs, window_sums
from pipelines.nps.counting.count import count
from pipelines.periods import Clock, Span, Window, next_month, windows
from pipelines.settings import Settings
from pipelines.statistics.score import COUNTS

SCHEMA = Path(__file__).parents[2] / "sql" / "schema" / "nps.sql"
STAGES = ("prospect", "pre_delivery", "post_delivery", "post_order", "relational")
DIMENSIONS = {"country": ("DE", "FR", "unknown"), "lifecycle": ("active", "new"), "survey": ("only",)}
SEGMENTS = pl.Schema({"response_id": pl.String} | dict.fromkeys(DIMENSIONS, pl.String))
RESPONSES = pl.Schema(
    {
        "response_id": pl.String(),
        "stage": pl.String(),
        "customer_id": pl.String(),
        "responded_at": pl.Datetime("us", "UTC"),
        "response_date": pl.Date(),
        "score": pl.Int8(),
        "category": pl.String(),
        "next_response_at": pl.Datetime("us", "UTC"),
    }
)


class Answer(NamedTuple):
    response_id: str
    stage: str
    customer: str | None
    at: datetime
    day: date
    score: int
    segments: dict[str, str]

    @property
    def sign(self) -> int:
        return (self.score >= 9) - (self.score <= 6)


class Shop:
    """Random answers of a few customers, many of whom answer again, some within a day."""

    def __init__(self, seed: int, clock: Clock, *, answers: int = 350, customers: int = 60) -> None:
        random = Random(seed)
        self.clock = clock
        zone = ZoneInfo(clock.zone)
        times = sorted(
            {clock.as_of + timedelta(minutes=random.randrange(-900 * 1440, 20 * 1440)) for _ in range(answers)}
        )
        self.answers = [
            Answer(
                response_id=f"r{number}",
                stage=random.choice(STAGES[2:]) if random.random() < 0.9 else random.choice(STAGES),
                customer=None if random.random() < 0.15 else f"c{int(customers * random.random() ** 2)}",
                at=time,
                day=time.astimezone(zone).date(),
                score=random.choice((0, 3, 6, 7, 8, 9, 10, 10)),
                segments={name: random.choice(values) for name, values in DIMENSIONS.items()},
            )
            for number, time in enumerate(times)
        ]

    @property
    def known(self) -> list[Answer]:
        return [answer for answer in self.answers if answer.at <= self.clock.as_of]

    def responses(self) -> pl.LazyFrame:
        """core.responses as the caller limits it; the next answer may lie after the clock."""

        def following(answer: Answer) -> datetime | None:
            same = (a.at for a in self.answers if (a.customer, a.stage) == (answer.customer, answer.stage))
            return min((at for at in same if at > answer.at), default=None) if answer.customer else None

        rows = [
            (a.response_id, a.stage, a.customer, a.at, a.day, a.score, category(a), following(a)) for a in self.known
        ]
        return pl.LazyFrame(rows, schema=RESPONSES, orient="row")

    def segments(self) -> pl.LazyFrame:
        """core.response_segments a row an answer, those of answers after the clock included."""
        rows = [(a.response_id, *a.segments.values()) for a in self.answers]
        return pl.LazyFrame(rows, schema=SEGMENTS, orient="row")


def category(answer: Answer) -> str:
    return {1: "promoter", 0: "passive", -1: "detractor"}[answer.sign]


def counted(answers: list[Answer], start: date, end: date, counting: str) -> list[Answer]:
    """By the words of the contract, without next_response_at."""
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
        """With a dimension, answers of one customer in two segments are as of two customers."""
        self.answers = answers
        self.dimension = dimension
        self.n = len(answers)
        self.counts = tuple(sum(answer.sign == sign for answer in answers) for sign in (1, 0, -1))
        points: tuple[Any, Any] = self.points(*self.counts) if answers else (None, None)
        self.nps, self.se = points
        number = self.n / self.design(answers) if answers else 0
        promoters, passives, detractors = (number * count / max(self.n, 1) for count in self.counts)
        self.pseudo = (promoters + 0.75, passives + 1.5, detractors + 0.75)
        self.adjusted_n = sum(self.pseudo)
        self.adjusted, self.adjusted_se = self.points(*self.pseudo)

    def design(self, answers: list[Answer]) -> float:
        """By customer: anonymous answers stand alone."""
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
        return self.nps - other.nps, centre - z * error, centre + z * error, erfc(abs(centre) / error / sqrt(2))

    def one_of_many(self, other: Sample) -> float | None:
        """The larger of Welch's p-value and that of the common variance."""
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
        """Over every pair of answers of one customer."""
        means = [float(part.nps) / 100 for part in (self, other)]
        return sum(
            (first.sign - means[0]) * (second.sign - means[1])
            for first in self.answers
            for second in other.answers
            if first.customer is not None and first.customer == second.customer
        )


def figures(sample: Sample, previous: Sample, settings: Settings) -> tuple[Any, ...]:
    """The columns responses..is_significant."""
    z = NormalDist().inv_cdf(0.5 + settings.confidence / 2)
    margin = z * sample.adjusted_se
    change = sample.against(previous, z, sample.covariance(previous) if previous.n else 0)
    return (
        sample.n,
        *sample.counts,
        sample.nps,
        sample.se,
        margin,
        max(-100, sample.adjusted - margin),
        min(100, sample.adjusted + margin),
        sample.n >= settings.min_responses,
        (z + NormalDist().inv_cdf(0.8)) * sqrt(2) * sample.adjusted_se,
        previous.n,
        previous.nps,
        *change,
        None if change[3] is None else change[3] < 1 - settings.confidence,
    )


def adjust(p: list[float]) -> list[Any]:
    ranked = sorted(p)
    return [min(1.0, *(q * len(p) / (1 + rank) for rank, q in enumerate(ranked) if q >= own)) for own in p]


def samples(
    shop: Shop, row: dict[str, Any], stage: str, counting: str, segment: tuple[str, str] | None = None
) -> tuple[Sample, Sample]:
    """The window's and the previous window's."""
    return tuple(  # type: ignore[return-value]
        Sample(
            [
                answer
                for answer in counted(shop.known, row[start], row[end], counting)
                if stage in ("all", answer.stage) and (segment is None or answer.segments[segment[0]] == segment[1])
            ]
        )
        for start, end in (("period_start", "period_end"), ("previous_start", "previous_end"))
    )


HEAD = ("month", "grain", "period_start", "period_end", "is_complete")


def reference_periods(shop: Shop, span: Span, settings: Settings) -> list[tuple[Any, ...]]:
    rows = []
    for row in windows(span).rows(named=True):
        for stage in ("all", *STAGES):
            sample, previous = samples(shop, row, stage, settings.counting)
            if sample.n:
                rows.append((*(row[name] for name in HEAD), stage, *figures(sample, previous, settings)))
    for month in windows(span, grains=["trailing_365d"]).rows(named=True):
        free = [row for row in automatic_window.candidates(span).rows(named=True) if row["month"] == month["month"]]
        for stage in ("all", *STAGES):
            found = [(row, *samples(shop, row, stage, settings.counting)) for row in free]
            known = [(row, *figures(*both, settings)) for row, *both in found if both[0].n]
            if known:
                # Shortest first; column 7 of the figures is the margin.
                row, *best = next((one for one in known if one[7] <= settings.target_margin), known[-1])
                rows.append((row["month"], "auto", *(row[name] for name in HEAD[2:]), stage, *best))
    return sorted(rows, key=lambda row: (row[1], row[2], row[5]))


def reference_segments(shop: Shop, span: Span, settings: Settings) -> list[tuple[Any, ...]]:
    z = NormalDist().inv_cdf(0.5 + settings.confidence / 2)
    rows = []
    for row in windows(span, grains=SEGMENT_GRAINS).rows(named=True):
        for stage in ("all", *STAGES):
            whole, _ = samples(shop, row, stage, settings.counting)
            for dimension, names in DIMENSIONS.items():
                family = []
                for name in names:
                    sample, previous = samples(shop, row, stage, settings.counting, (dimension, name))
                    rest = Sample([answer for answer in whole.answers if answer.segments[dimension] != name], dimension)
                    if sample.n:
                        head = (*(row[column] for column in HEAD), stage, dimension, name)
                        against = (*sample.against(rest, z)[:3], sample.one_of_many(rest))
                        family.append((head, figures(sample, previous, settings), rest, against))
                ps = [against[3] for *_, against in family if against[3] is not None]
                adjusted = adjust(ps) if ps else [None] * len(family)
                for (head, body, rest, against), p in zip(family, adjusted, strict=True):
                    tests = (p, len(family), None if p is None else p < 1 - settings.confidence)
                    rows.append((*head, *body, rest.n, rest.nps, *against[:3], *tests, None, None, None))
    return sorted(rows, key=lambda row: (row[1], row[2], *row[5:8]))


def check(found: pl.DataFrame, expected: list[tuple[Any, ...]]) -> None:
    assert_frame_equal(found, pl.DataFrame(expected, schema=found.schema, orient="row"), rel_tol=1e-9, abs_tol=1e-9)


def months(first: date, last: date) -> Window:
    return Window(first, next_month(last))


PARIS = Clock(datetime(2026, 2, 17, 9, 30, tzinfo=UTC), "Europe/Paris")
AUCKLAND = Clock(datetime(2025, 12, 31, 10, 45, tzinfo=UTC), "Pacific/Auckland")
HONOLULU = Clock(datetime(2026, 3, 1, 9, 59, tzinfo=UTC), "Pacific/Honolulu")
CLOCKS = (PARIS, AUCKLAND, HONOLULU)


@pytest.mark.parametrize("counting", ["latest", "all"])
@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.zone)
def test_by_period_equals_plain_loops(clock: Clock, counting: Literal["latest", "all"]) -> None:
    shop = Shop(7, clock)
    settings = Settings(counting=counting, confidence=0.9, min_responses=5)
    span = Span(months(date(2024, 11, 1), date(2026, 4, 1)), clock)
    check(scores(shop.responses(), span=span, settings=settings), reference_periods(shop, span, settings))


@pytest.mark.parametrize("counting", ["latest", "all"])
@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.zone)
def test_by_segment_equals_plain_loops(clock: Clock, counting: Literal["latest", "all"]) -> None:
    shop = Shop(11, clock, answers=250, customers=30)
    settings = Settings(counting=counting, min_responses=5)
    span = Span(months(date(2025, 9, 1), date(2026, 3, 1)), clock)
    found = by_segment(shop.responses(), shop.segments(), span=span, settings=settings)
    # What is pooled has its own brute force in test_pooling.py.
    pooled = [name for name in found.columns if name.startswith("pooled_")]
    assert found.select(pooled).null_count().sum_horizontal().item() == 0
    check(
        found.with_columns(pl.lit(None, pl.Float64).alias(name) for name in pooled),
        reference_segments(shop, span, settings),
    )


@pytest.mark.parametrize("counting", ["latest", "all"])
@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.zone)
def test_change_parts_equal_plain_loops_and_sum_to_the_change(clock: Clock, counting: Literal["latest", "all"]) -> None:
    shop = Shop(13, clock, answers=250, customers=30)
    settings = Settings(counting=counting, segment_pairs=("country*lifecycle",))
    span = Span(months(date(2025, 9, 1), date(2026, 3, 1)), clock)
    found = change_parts(shop.responses(), shop.segments(), span=span, settings=settings)
    changes = scores(shop.responses(), span=span, settings=settings).filter(
        pl.col("stage") == "all", pl.col("grain").is_in(SEGMENT_GRAINS), pl.col("change").is_not_null()
    )
    keys = ["grain", "period_start"]
    sums = found.group_by(*keys, "dimension").agg(change=pl.col("mix_effect").sum() + pl.col("score_effect").sum())
    assert sums.height == 4 * changes.height
    assert_frame_equal(
        sums.join(changes, on=keys).sort(*keys, "dimension").select([*keys, "change"]),
        changes.select([*keys, "change"]).join(pl.DataFrame({"n": range(4)}), how="cross").drop("n").sort(keys),
        rel_tol=0,
        abs_tol=1e-9,
    )
    rows = []
    names = DIMENSIONS | {
        "country*lifecycle": [f"{a}*{b}" for a in DIMENSIONS["country"] for b in DIMENSIONS["lifecycle"]]
    }
    for answer in shop.answers:
        answer.segments["country*lifecycle"] = f"{answer.segments['country']}*{answer.segments['lifecycle']}"
    for row in windows(span, grains=SEGMENT_GRAINS).rows(named=True):
        totals = samples(shop, row, "all", counting)
        if not (totals[0].n and totals[1].n):
            continue
        for dimension, segments in names.items():
            for segment in segments:
                now, before = samples(shop, row, "all", counting, (dimension, segment))
                if now.n or before.n:
                    shares = now.n / totals[0].n, before.n / totals[1].n
                    score, past = (part.nps if part.n else other.nps for part, other in ((now, before), (before, now)))
                    mix = (shares[0] - shares[1]) * ((score + past) / 2 - (totals[0].nps + totals[1].nps) / 2)
                    own = (shares[0] + shares[1]) / 2 * (score - past)
                    rows.append((row["month"], row["grain"], row["period_start"], dimension, segment, mix, own))
    check(found, sorted(rows, key=lambda row: row[1:5]))


def test_a_pair_of_dimensions_is_a_dimension() -> None:
    shop = Shop(17, PARIS, answers=120, customers=30)
    span = Span(months(date(2026, 1, 1), date(2026, 1, 1)), PARIS)
    settings = Settings(segment_pairs=("country*lifecycle", "lifecycle*tier"))
    found = by_segment(shop.responses(), shop.segments(), span=span, settings=settings)
    assert set(found["dimension"]) == {*DIMENSIONS, "country*lifecycle"}
    both = shop.segments().select("response_id", both=pl.format("{}*{}", "country", "lifecycle"))
    alone = by_segment(shop.responses(), both, span=span, settings=Settings())
    pair = found.filter(pl.col("dimension") == "country*lifecycle")
    assert_frame_equal(pair.drop("dimension"), alone.drop("dimension"), check_exact=True)
    without = by_segment(shop.responses(), shop.segments(), span=span, settings=Settings())
    assert_frame_equal(found.filter(pl.col("dimension") != "country*lifecycle"), without, check_exact=True)


def test_without_repeat_answers_every_answer_is_its_own() -> None:
    shop = Shop(19, PARIS, answers=200, customers=10**9)
    span = Span(months(date(2025, 6, 1), date(2026, 1, 1)), PARIS)
    anonymous = shop.responses().with_columns(customer_id=pl.lit(None, pl.String))
    for how in ("latest", "all"):
        settings = Settings(counting=how)
        assert_frame_equal(
            by_segment(shop.responses(), shop.segments(), span=span, settings=settings),
            by_segment(anonymous, shop.segments(), span=span, settings=settings),
            check_exact=True,
        )


def test_ten_equal_answers_of_one_customer_are_one() -> None:
    at = datetime(2026, 1, 10, 12, tzinfo=UTC)
    row = ("relational", "c1", at, at.date(), 10, "promoter", None)
    span = Span(months(date(2026, 1, 1), date(2026, 1, 1)), PARIS)
    names = ["margin_of_error", "nps_low", "nps_high", "smallest_detectable_change"]
    one, ten = (
        scores(
            pl.LazyFrame([(f"r{i}", *row) for i in range(number)], schema=RESPONSES, orient="row"),
            span=span,
            settings=Settings(counting="all"),
        )
        for number in (1, 10)
    )
    assert set(ten["responses"]) == {10}
    assert_frame_equal(one.select(names), ten.select(names), rel_tol=1e-12)


@pytest.mark.parametrize("many", [1, 3])
def test_customers_with_very_many_answers_are_paired_alike(many: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, settings = Shop(23, PARIS, answers=300, customers=8), Settings(counting="all")
    span = Span(months(date(2025, 6, 1), date(2026, 1, 1)), PARIS)
    expected = by_segment(shop.responses(), shop.segments(), span=span, settings=settings)
    monkeypatch.setattr(pairs, "MANY", many)
    found = by_segment(shop.responses(), shop.segments(), span=span, settings=settings)
    assert_frame_equal(found, expected, check_exact=True)


@pytest.mark.parametrize("at_once", [1, 1000])
def test_a_dimension_is_counted_in_parts_where_it_is_large(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """With one entry at once every segment is a part of its own."""
    shop, settings = Shop(29, PARIS, answers=300, customers=8), Settings(counting="all")
    span = Span(months(date(2025, 6, 1), date(2026, 1, 1)), PARIS)
    wide = shop.segments().with_columns(sku=pl.col("response_id").str.slice(-2))
    expected = by_segment(shop.responses(), wide, span=span, settings=settings)
    assert expected.filter(pl.col("dimension") == "sku")["segment"].n_unique() > 50
    monkeypatch.setattr(window_sums, "MOST_ENTRIES", at_once)
    assert_frame_equal(by_segment(shop.responses(), wide, span=span, settings=settings), expected, check_exact=True)


def test_more_segments_than_a_byte_has_numbers_are_told_apart() -> None:
    """Customers with many answers are paired by sums, those with few a pair a row: in other numbers."""
    shop = Shop(31, PARIS, answers=900, customers=40)
    skus = {answer.response_id: f"sku {number % 300:03d}" for number, answer in enumerate(shop.answers)}
    segments = pl.LazyFrame({"response_id": list(skus), "sku": list(skus.values())})
    wanted = windows(Span(months(date(2025, 3, 1), date(2026, 1, 1)), PARIS), grains=["month"])
    found = count(shop.responses(), wanted, clock=PARIS, counting="all", segments=segments)
    expected: dict[tuple[date, str], list[int]] = {}
    for answer in shop.known:
        counts = expected.setdefault((answer.day.replace(day=1), skus[answer.response_id]), [0, 0, 0])
        counts[1 - answer.sign] += 1
    starts = set(wanted["period_start"])
    rows = found.filter(pl.col("stage") == "all").select("period_start", "segment", *COUNTS).rows()
    assert {row[:2]: list(row[2:]) for row in rows} == {key: n for key, n in expected.items() if key[0] in starts}
    assert found["segment"].n_unique() > 256


@pytest.mark.parametrize("limit", ["MANY", "MOST_PAIRS"])
def test_pairs_that_are_summed_first_tell_the_same(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    shop, settings = Shop(37, PARIS, answers=600, customers=12), Settings(counting="all")
    span = Span(months(date(2025, 6, 1), date(2026, 1, 1)), PARIS)
    wide = shop.segments().with_columns(sku=pl.col("response_id").str.slice(-2))
    monkeypatch.setattr(pairs, "MANY", 1000)
    expected = by_segment(shop.responses(), wide, span=span, settings=settings)
    monkeypatch.setattr(pairs, limit, 1)
    assert_frame_equal(by_segment(shop.responses(), wide, span=span, settings=settings), expected, check_exact=True)


@pytest.mark.parametrize("seed", range(6))
def test_by_period_of_few_answers_equals_plain_loops(seed: int) -> None:
    """Two customers: windows of one answer, and covariances larger than the variances."""
    shop = Shop(seed, PARIS, answers=25, customers=2)
    settings = Settings(counting="all")
    span = Span(months(date(2024, 1, 1), date(2026, 2, 1)), PARIS)
    check(scores(shop.responses(), span=span, settings=settings), reference_periods(shop, span, settings))


def test_months_together_equal_months_alone_in_any_order() -> None:
    shop, settings = Shop(3, PARIS), Settings()
    together = Span(months(date(2024, 3, 1), date(2026, 2, 1)), PARIS)
    firsts = [row[0] for row in windows(together, grains=["month"]).select("month").rows()]
    alone = [Span(months(month, month), PARIS) for month in reversed(firsts)]
    assert len(alone) == 24
    responses, segments = shop.responses(), shop.segments()
    periods = [scores(responses, span=span, settings=settings) for span in alone]
    key = ["grain", "period_start", "stage"]
    assert_frame_equal(
        pl.concat(periods).sort(key), scores(responses, span=together, settings=settings), check_exact=True
    )
    parts = [by_segment(responses, segments, span=span, settings=settings) for span in alone]
    assert_frame_equal(
        pl.concat(parts).sort(*key, "dimension", "segment"),
        by_segment(responses, segments, span=together, settings=settings),
        check_exact=True,
    )


def test_the_order_of_the_answers_does_not_matter() -> None:
    shop, settings = Shop(5, PARIS), Settings()
    span = Span(months(date(2025, 1, 1), date(2026, 2, 1)), PARIS)
    shuffled = (
        frame.collect().sample(fraction=1, shuffle=True, seed=1).lazy() for frame in (shop.responses(), shop.segments())
    )
    assert_frame_equal(
        by_segment(*shuffled, span=span, settings=settings),
        by_segment(shop.responses(), shop.segments(), span=span, settings=settings),
        check_exact=True,
    )


def test_the_zone_in_which_times_are_written_does_not_matter() -> None:
    shop, settings = Shop(6, AUCKLAND), Settings()
    window = months(date(2025, 10, 1), date(2026, 1, 1))
    elsewhere = Clock(AUCKLAND.as_of.astimezone(ZoneInfo("America/Lima")), AUCKLAND.zone)
    written = shop.responses().with_columns(pl.col("next_response_at").dt.convert_time_zone("Asia/Kolkata"))
    assert_frame_equal(
        scores(written, span=Span(window, elsewhere), settings=settings),
        scores(shop.responses(), span=Span(window, AUCKLAND), settings=settings),
        check_exact=True,
    )


def test_stage_all_is_the_sum_of_the_stages() -> None:
    shop = Shop(2, PARIS)
    frame = scores(shop.responses(), span=Span(months(date(2025, 1, 1), date(2026, 2, 1)), PARIS), settings=Settings())
    key = ["grain", "period_start"]
    summed = frame.filter(pl.col("stage") != "all").group_by(key).agg(pl.col(COUNTS).sum())
    whole = frame.filter(pl.col("stage") == "all").select(*key, *COUNTS)
    assert_frame_equal(summed.sort(key), whole.sort(key))


def test_a_later_answer_of_the_same_stage_replaces_the_earlier_only_in_windows_that_hold_both() -> None:
    """Answers on 10 January and 10 February: January has one, February one, the quarter the last."""
    rows = [
        (f"r{number}", "relational", "c1", at, at.date(), points, name, following)
        for number, (at, points, name, following) in enumerate(
            [
                (datetime(2026, 1, 10, 12, tzinfo=UTC), 2, "detractor", datetime(2026, 2, 10, 12, tzinfo=UTC)),
                (datetime(2026, 2, 10, 12, tzinfo=UTC), 9, "promoter", None),
            ]
        )
    ]
    clock = Clock(datetime(2026, 5, 1, tzinfo=UTC), "UTC")
    frame = scores(
        pl.LazyFrame(rows, schema=RESPONSES, orient="row"),
        span=Span(months(date(2026, 1, 1), date(2026, 3, 1)), clock),
        settings=Settings(),
    ).filter(pl.col("stage") == "all", pl.col("grain").is_in(["month", "quarter"]))
    found = frame.select("grain", "period_start", "responses", "nps", "change").rows()
    assert found == [
        ("month", date(2026, 1, 1), 1, -100.0, None),
        ("month", date(2026, 2, 1), 1, 100.0, 200.0),
        ("quarter", date(2026, 1, 1), 1, 100.0, None),
    ]


def test_an_answer_after_the_clock_replaces_none_before_it() -> None:
    """The clock stands between two answers of one day: the second has not happened."""
    first, second = PARIS.as_of - timedelta(hours=1), PARIS.as_of + timedelta(hours=1)
    row = ("r1", "relational", "c1", first, first.date(), 10, "promoter", second)
    frame = scores(
        pl.LazyFrame([row], schema=RESPONSES, orient="row"),
        span=Span(months(date(2026, 2, 1), date(2026, 2, 1)), PARIS),
        settings=Settings(),
    )
    assert frame.filter(pl.col("stage") == "all")["responses"].to_list() == [1] * 7


def test_one_customer_with_thousands_of_answers_makes_no_millions_of_pairs() -> None:
    number = 20_000
    rows = [
        (f"r{i}", "relational", "kiosk", at, at.date(), 10 - i % 11, "promoter" if i % 11 < 2 else "passive", None)
        for i in range(number)
        for at in [datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=6 * i)]
    ]
    clock = Clock(datetime(2026, 5, 1, tzinfo=UTC), "UTC")
    span = Span(months(date(2026, 1, 1), date(2026, 4, 1)), clock)
    frame = count(
        pl.LazyFrame(rows, schema=RESPONSES, orient="row"), windows(span, grains=["month"]), clock=clock, counting="all"
    )
    february = frame.filter(pl.col("stage") == "all", pl.col("period_start") == date(2026, 2, 1))
    assert february["answers_answers"].item() == 28 * 240 * 31 * 240


@pytest.mark.parametrize(
    ("name", "grain"), [("responses", "in no month"), ("responses", "none at all"), ("segments", "none at all")]
)
def test_nothing_in_gives_the_empty_tables(name: str, grain: str) -> None:
    clock, settings = PARIS, Settings()
    shop = Shop(1, clock, answers=20)
    future = Window(date(2027, 1, 1), date(2027, 3, 1))
    span = Span(future if grain == "in no month" else months(date(2026, 1, 1), date(2026, 2, 1)), clock)
    responses, segments = shop.responses(), shop.segments()
    if grain == "none at all" and name == "responses":
        responses = responses.clear()
    if name == "segments":
        segments = segments.clear()
    assert by_segment(responses, segments, span=span, settings=settings).is_empty()
    assert change_parts(responses, segments, span=span, settings=settings).is_empty()
    if name == "responses":
        assert scores(responses, span=span, settings=settings).is_empty()


@pytest.mark.parametrize("table", ["by_period", "by_segment", "change_parts"])
@pytest.mark.parametrize("answers", [0, 120])
def test_the_tables_are_those_of_the_schema(table: str, answers: int) -> None:
    shop, settings = Shop(4, PARIS, answers=answers), Settings()
    span = Span(months(date(2026, 1, 1), date(2026, 2, 1)), PARIS)
    frame = (
        scores(shop.responses(), span=span, settings=settings)
        if table == "by_period"
        else {"by_segment": by_segment, "change_parts": change_parts}[table](
            shop.responses(), shop.segments(), span=span, settings=settings
        )
    )
    with duckdb.connect() as connection:
        connection.execute(SCHEMA.read_text())
        # The weights of by_period stand behind its own columns (weighting.py).
        known = pl.DataFrame(connection.sql(f"FROM nps.{table}")).schema
        assert list(frame.schema.items()) == list(known.items())[: frame.width]
        if answers:
            places = ", ".join("?" * frame.width)
            names = ", ".join(frame.columns)
            connection.executemany(f"INSERT INTO nps.{table} ({names}) VALUES ({places})", frame.rows())
    key = [name for name in ("grain", "period_start", "stage", "dimension", "segment") if name in frame.columns]
    assert frame.select(key).rows() == sorted(set(frame.select(key).rows()))
