"""Time of topics and drivers: 300,000 comments made of a simulated shop's sentences, three years of months."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.core.topics import find_topics, read_lexicon
from pipelines.nps.drivers import drivers
from pipelines.periods import Clock, Span, Window
from pipelines.settings import Settings
from pipelines.simulate.comments import LANGUAGES, OPENINGS, SENTENCES

COMMENTS = 300_000


def comments(rng: np.random.Generator) -> pl.DataFrame:
    language = rng.integers(0, len(LANGUAGES), COMMENTS)
    texts = [[text for topic in SENTENCES[name] for text in topic] for name in LANGUAGES]
    flat = pl.Series([text for of_language in texts for text in of_language])
    openings = pl.Series([OPENINGS[name][0] for name in LANGUAGES])
    parts = [flat.gather(language * 32 + rng.integers(0, 32, COMMENTS)) for _ in range(3)]
    return pl.DataFrame(
        {"response_id": np.arange(COMMENTS), "language": pl.Series(LANGUAGES).gather(language)}
    ).with_columns(
        pl.format("r{}", pl.col("response_id").cast(pl.String).str.zfill(7)).alias("response_id"),
        comment=pl.concat_str(openings.gather(language), *parts, separator=" "),
    )


def test_topics_of_300_000_comments() -> None:
    rng = np.random.default_rng(5)
    texts = comments(rng)
    lexicon = read_lexicon(Settings(home=Path("there is no such home")))
    started = time.perf_counter()
    topics = find_topics(texts, lexicon)
    matching = time.perf_counter() - started
    unknown = texts.with_columns(language=pl.lit(None, pl.String))
    started = time.perf_counter()
    find_topics(unknown, lexicon)
    every_list = time.perf_counter() - started

    as_of = datetime(2025, 6, 20, 12, tzinfo=UTC)
    responses = texts.with_columns(
        pl.format("c{}", pl.Series(rng.integers(0, COMMENTS // 2, COMMENTS))).alias("customer_id"),
        stage=pl.Series(["relational", "post_delivery"]).gather(rng.integers(0, 2, COMMENTS)),
        response_date=pl.Series([date(2022, 6, 20) + timedelta(days=day) for day in range(1096)]).gather(
            rng.integers(0, 1096, COMMENTS)
        ),
        next_response_at=pl.lit(None, pl.Datetime("us", "UTC")),
        category=pl.Series(["promoter", "passive", "detractor"]).gather(rng.integers(0, 3, COMMENTS)),
    )
    span = Span(Window(date(2022, 6, 1), date(2025, 7, 1)), Clock(as_of, "UTC"))
    started = time.perf_counter()
    rows = drivers(responses.lazy(), topics.lazy(), span=span, settings=Settings(as_of=as_of))
    computing = time.perf_counter() - started
    print(
        f"\n{COMMENTS:,} comments, {lexicon.height:,} words: topics {matching:.2f} s "
        f"({every_list:.2f} s with every list), drivers of 37 months {computing:.2f} s, {rows.height:,} rows"
    )
    assert matching < 5
    assert every_list < 10
    assert computing < 10
