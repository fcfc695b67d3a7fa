"""nps.drivers: a vector worked out by hand, and every row by brute force from the answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from pipelines.nps.drivers import DRIVER_GRAINS, drivers
from pipelines.periods import Clock, Span, Window, windows
from pipelines.settings import Settings
from tests.statistics.influence import interval_by_hand

AS_OF = datetime(2024, 5, 20, 12, tzinfo=UTC)
CLOCK = Clock(AS_OF, "UTC")
SPAN = Span(Window(date(2023, 12, 1), date(2024, 6, 1)), CLOCK)
SETTINGS = Settings(home=Path("nowhere"), as_of=AS_OF)
SIGNS = {"detractor": -1, "passive": 0, "promoter": 1}


def answer(
    number, day, category="promoter", topics=(), *, comment="text", stage="relational", language="en", following=None
):
    return {
        "response_id": f"r{number:03}",
        "customer_id": f"c{number:03}",
        "stage": stage,
        "response_date": day,
        "next_response_at": following and datetime(following.year, following.month, following.day, 9, tzinfo=UTC),
        "category": category,
        "comment": comment,
        "language": language,
        "topics": list(topics),
    }


SCHEMA = {
    "response_id": pl.String,
    "customer_id": pl.String,
    "stage": pl.String,
    "response_date": pl.Date,
    "next_response_at": pl.Datetime("us", "UTC"),
    "category": pl.String,
    "comment": pl.String,
    "language": pl.String,
    "topics": pl.List(pl.String),
}


def computed(answers, *, span=SPAN, **values):
    table = pl.DataFrame(answers, schema=SCHEMA)
    topics = table.select("response_id", topic="topics").explode("topic").drop_nulls("topic")
    return drivers(table.drop("topics").lazy(), topics.lazy(), span=span, settings=SETTINGS.model_copy(update=values))


def test_known_vector() -> None:
    """With k (36, 12, 12), without (14, 42, 84) detractors, passives, promoters."""
    groups = [((36, 12, 12), "k"), ((14, 42, 84), "none")]
    answers = [
        answer(number, date(2024, 4, 1), category, [topic])
        for number, (category, topic) in enumerate(
            (category, topic)
            for counts, topic in groups
            for category, count in zip(SIGNS, counts, strict=True)
            for _ in range(count)
        )
    ]
    result = computed(answers).filter(
        pl.col("grain") == "trailing_365d", pl.col("month") == date(2024, 4, 1), stage="all", language="all"
    )
    row = result.row(by_predicate=pl.col("topic") == "k", named=True)
    assert (row["responses"], row["mentions"], row["promoters"], row["passives"], row["detractors"]) == (
        200,
        60,
        96,
        54,
        50,
    )
    assert [row[name] for name in ("promoter_mentions", "passive_mentions", "detractor_mentions")] == [12, 12, 36]
    assert [row[name] for name in ("share", "nps_with", "nps_without", "impact")] == pytest.approx([0.3, -40, 50, -27])
    assert [row["impact_low"], row["impact_high"]] == pytest.approx([-35.9812, -18.0188], abs=1e-4)
    assert (row["impact_high"] - row["impact"]) / 1.959963984540054 == pytest.approx(4.58234, abs=1e-5)
    none = result.row(by_predicate=pl.col("topic") == "none", named=True)
    assert (none["share"], none["mentions"], none["is_reliable"]) == (0.7, 140, True)


days = st.dates(date(2022, 11, 1), date(2024, 5, 20))
topic_lists = st.lists(st.sampled_from(["price", "delivery", "support"]), max_size=3, unique=True)


@st.composite
def shops(draw):
    made = []
    for number in range(draw(st.integers(0, 14))):
        day = draw(days)
        later = draw(st.one_of(st.none(), st.integers(0, 200)))
        # Some next answers lie after the clock: they supersede nothing.
        following = None if later is None else day + timedelta(days=later)
        commented = draw(st.booleans())
        made.append(
            answer(
                number,
                day,
                draw(st.sampled_from(sorted(SIGNS))),
                (draw(topic_lists) or ["none"]) if commented else [],
                comment="x" * draw(st.integers(1, 200)) + str(number) if commented else None,
                stage=draw(st.sampled_from(["relational", "post_delivery"])),
                language=draw(st.sampled_from([None, "en", "en-US", "fr"])),
                following=following,
            )
        )
    return made


def by_hand(answers, counting):
    """The expected rows as dicts, from every answer for every window."""
    code = {None: "unknown", "en": "en", "en-US": "en", "fr": "fr"}
    rows = {}
    for window in windows(SPAN, grains=DRIVER_GRAINS).iter_rows(named=True):
        inside = [
            one
            for one in answers
            if one["topics"]
            and window["period_start"] <= one["response_date"] < window["period_end"]
            and (
                counting == "all"
                or one["next_response_at"] is None
                or one["next_response_at"] > AS_OF
                or one["next_response_at"].date() >= window["period_end"]
            )
        ]
        for stage, language in product(["all", "relational", "post_delivery"], ["all", "en", "fr", "unknown"]):
            base = [
                one for one in inside if stage in {"all", one["stage"]} and language in {"all", code[one["language"]]}
            ]
            for topic in {topic for one in base for topic in one["topics"]}:
                mine = [one for one in base if topic in one["topics"]]
                others = [one for one in base if topic not in one["topics"]]
                key = (window["grain"], window["period_start"], stage, language, topic)
                rows[key] = window["month"], window["is_complete"], base, mine, others
    return rows


def best_example(mine, impact, order=("detractor", "passive", "promoter")):
    for category in order if impact is not None and impact < 0 else reversed(order):
        result = [one for one in mine if one["category"] == category]
        if result:
            chosen = min(
                result, key=lambda one: (len(one["topics"]), abs(len(one["comment"]) - 120), one["response_id"])
            )
            return chosen["comment"]
    return None


@pytest.mark.parametrize("counting", ["latest", "all"])
@given(answers=shops())
@effort(max_examples=15)
def test_every_row_by_brute_force(counting, answers) -> None:
    expected = by_hand(answers, counting)
    result = computed(answers, counting=counting, min_responses=2)
    assert {row[:5] for row in result.select("grain", "period_start", "stage", "language", "topic").rows()} == set(
        expected
    )
    assert result.height == len(expected)
    for row in result.iter_rows(named=True):
        month, is_complete, base, mine, others = expected[
            row["grain"], row["period_start"], row["stage"], row["language"], row["topic"]
        ]
        assert (row["month"], row["is_complete"]) == (month, is_complete)
        assert (row["responses"], row["mentions"], row["share"]) == (len(base), len(mine), len(mine) / len(base))
        # At most 14 answers: never ten with the topic and ten without.
        assert row["is_reliable"] == (len(mine) >= 10 and not others)
        for category in SIGNS:
            assert row[f"{category}_mentions"] == sum(one["category"] == category for one in mine)
            assert row[f"{category}s"] == sum(one["category"] == category for one in base)
        signs = [[SIGNS[one["category"]] for one in group] for group in (mine, others)]
        assert row["nps_with"] == pytest.approx(100 * sum(signs[0]) / len(mine))
        assert row["example"] == best_example(mine, row["impact"])
        assert row["detractor_example"] == best_example(mine, -1, ("detractor",))
        if others:
            impact = 100 * sum(signs[0] + signs[1]) / len(base) - 100 * sum(signs[1]) / len(others)
            assert row["impact"] == pytest.approx(impact, abs=1e-9)
            assert (row["impact_low"], row["impact_high"]) == pytest.approx(interval_by_hand(*signs), abs=1e-9)
        else:
            assert (row["nps_without"], row["impact"], row["impact_low"], row["impact_high"]) == (None,) * 4


def test_no_example_when_comments_are_not_published() -> None:
    answers = [answer(1, date(2024, 4, 2), "detractor", ["price"])]
    assert set(computed(answers)["example"]) == {"text"}
    hidden = computed(answers, publish_comments=False)
    assert {*hidden["example"], *hidden["detractor_example"]} == {None}
    # core has no comments then, but still has their topics.
    hidden = computed([answer(1, date(2024, 4, 2), "detractor", ["price"], comment=None)], publish_comments=False)
    assert set(hidden["topic"]) == {"price"}


def test_a_language_called_all_is_not_the_sum() -> None:
    result = computed([answer(1, date(2024, 4, 2), topics=["price"], language="all")])
    assert set(result["language"]) == {"all", "unknown"}
    assert set(result["mentions"]) == {1}
