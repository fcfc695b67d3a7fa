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

from pipelines.nps.by_period import by_period
from pipelines.nps.by_segment import SEGMENT_GRAINS, by_segment
from pipelines.nps.counting import COUNTS, count
from pipelines.periods import Clock, Span, Window, next_month, windows
from pipelines.settings import Settings

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

    def __init__(self, answers: list[Answer]) -> None:
        self.answers = answers
        self.n = len(answers)
        self.counts = tuple(sum(answer.sign == sign for answer in answers) for sign in (1, 0, -1))
        points: tuple[Any, Any] = self.points(*self.counts) if answers else (None, None)
        self.nps, self.se = points
        promoters, passives, detractors = self.counts
        self.adjusted, self.adjusted_se = self.points(promoters + 0.75, passives + 1.5, detractors + 0.75)

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
                    rest = Sample([answer for answer in whole.answers if answer.segments[dimension] != name])
                    if sample.n:
                        head = (*(row[column] for column in HEAD), stage, dimension, name)
                        family.append((head, figures(sample, previous, settings), rest, sample.against(rest, z)))
                ps = [against[3] for *_, against in family if against[3] is not None]
                adjusted = adjust(ps) if ps else [None] * len(family)
                for (head, body, rest, against), p in zip(family, adjusted, strict=True):
                    tests = (p, len(family), None if p is None else p < 1 - settings.confidence)
                    rows.append((*head, *body, rest.n, rest.nps, *against[:3], *tests))
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
    check(by_period(shop.responses(), span=span, settings=settings), reference_periods(shop, span, settings))


@pytest.mark.parametrize("counting", ["latest", "all"])
@pytest.mark.parametrize("clock", CLOCKS, ids=lambda clock: clock.zone)
def test_by_segment_equals_plain_loops(clock: Clock, counting: Literal["latest", "all"]) -> None:
    shop = Shop(11, clock, answers=250, customers=30)
    settings = Settings(counting=counting, min_responses=5)
    span = Span(months(date(2025, 9, 1), date(2026, 3, 1)), clock)
    found = by_segment(shop.responses(), shop.segments(), span=span, settings=settings)
    check(found, reference_segments(shop, span, settings))


@pytest.mark.parametrize("seed", range(6))
def test_by_period_of_few_answers_equals_plain_loops(seed: int) -> None:
    """Two customers: windows of one answer, and covariances larger than the variances."""
    shop = Shop(seed, PARIS, answers=25, customers=2)
    settings = Settings(counting="all")
    span = Span(months(date(2024, 1, 1), date(2026, 2, 1)), PARIS)
    check(by_period(shop.responses(), span=span, settings=settings), reference_periods(shop, span, settings))


def test_months_together_equal_months_alone_in_any_order() -> None:
    shop, settings = Shop(3, PARIS), Settings()
    together = Span(months(date(2024, 3, 1), date(2026, 2, 1)), PARIS)
    firsts = [row[0] for row in windows(together, grains=["month"]).select("month").rows()]
    alone = [Span(months(month, month), PARIS) for month in reversed(firsts)]
    assert len(alone) == 24
    responses, segments = shop.responses(), shop.segments()
    periods = [by_period(responses, span=span, settings=settings) for span in alone]
    key = ["grain", "period_start", "stage"]
    assert_frame_equal(
        pl.concat(periods).sort(key), by_period(responses, span=together, settings=settings), check_exact=True
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
        by_period(written, span=Span(window, elsewhere), settings=settings),
        by_period(shop.responses(), span=Span(window, AUCKLAND), settings=settings),
        check_exact=True,
    )


def test_stage_all_is_the_sum_of_the_stages() -> None:
    shop = Shop(2, PARIS)
    frame = by_period(
        shop.responses(), span=Span(months(date(2025, 1, 1), date(2026, 2, 1)), PARIS), settings=Settings()
    )
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
    frame = by_period(
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
    frame = by_period(
        pl.LazyFrame([row], schema=RESPONSES, orient="row"),
        span=Span(months(date(2026, 2, 1), date(2026, 2, 1)), PARIS),
        settings=Settings(),
    )
    assert frame.filter(pl.col("stage") == "all")["responses"].to_list() == [1] * 6


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
    if name == "responses":
        assert by_period(responses, span=span, settings=settings).is_empty()


@pytest.mark.parametrize("table", ["by_period", "by_segment"])
@pytest.mark.parametrize("answers", [0, 120])
def test_the_tables_are_those_of_the_schema(table: str, answers: int) -> None:
    shop, settings = Shop(4, PARIS, answers=answers), Settings()
    span = Span(months(date(2026, 1, 1), date(2026, 2, 1)), PARIS)
    frame = (
        by_period(shop.responses(), span=span, settings=settings)
        if table == "by_period"
        else by_segment(shop.responses(), shop.segments(), span=span, settings=settings)
    )
    with duckdb.connect() as connection:
        connection.execute(SCHEMA.read_text())
        assert frame.schema == pl.DataFrame(connection.sql(f"FROM nps.{table}")).schema
        if answers:
            places = ", ".join("?" * frame.width)
            connection.executemany(f"INSERT INTO nps.{table} VALUES ({places})", frame.rows())
    key = [name for name in ("grain", "period_start", "stage", "dimension", "segment") if name in frame.columns]
    assert frame.select(key).rows() == sorted(set(frame.select(key).rows()))
