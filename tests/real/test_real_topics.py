"""Topics matched in real customers' comments, against those a person read in them.

Here: the comments of the garden centre in French and of Olist in Portuguese, the latter as text only. For the first
hundred of each by SHA-256, tests/real/topics holds the topics that a person read before the matcher was run: keys and
labels, no text. Not here: the lexicon (sql/lexicon).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl
import pytest
from real.test_real_data import garden
from shared_files import DATA, needed

from pipelines.core.topics import URGENT, find_topics, read_lexicon
from pipelines.settings import Settings
from pipelines.warehouse.connection import opened
from pipelines.warehouse.frames import frame

pytestmark = pytest.mark.slow

__all__ = ["garden"]
LABELS = Path(__file__).parent / "topics"
LEXICON = read_lexicon(Settings(home=Path("there is no such home"), salt="a salt for the tests"))


def french(settings: Settings) -> pl.DataFrame:
    """The garden centre's comments as the shop of test_real_data holds them."""
    with opened(settings) as connection:
        return frame(connection.sql("SELECT comment FROM core.responses WHERE comment IS NOT NULL"))


def portuguese() -> pl.DataFrame:
    """Olist's comments as they stand in the file."""
    reviews = needed(DATA / "olist_sample" / "olist_order_reviews_dataset.csv")
    return pl.read_csv(reviews, infer_schema=False).select(comment="review_comment_message").drop_nulls()


def topics_of(comments: pl.DataFrame, language: str) -> pl.DataFrame:
    """response_id, topic; the id is the row's number."""
    return find_topics(
        comments.with_row_index("response_id").select("response_id", "comment", language=pl.lit(language)), LEXICON
    )


def matched(comments: pl.DataFrame, language: str) -> float:
    """Share of the comments with a topic."""
    topics = topics_of(comments, language)
    return 1 - topics.filter(pl.col("topic") == "none").height / comments.height


def precision_and_recall(comments: pl.DataFrame, language: str, labels: str) -> tuple[float, float, int]:
    """Precision and recall of the topics matched against those read by people, and how many were matched."""
    keys = pl.Series("key", [hashlib.sha256(text.strip().encode()).hexdigest() for text in comments["comment"]])
    read = pl.read_csv(LABELS / labels).with_columns(pl.col("topics").fill_null("").str.split(" "))
    assert read.height == 100
    sample = comments.with_columns(keys).unique("key").join(read, on="key").sort("key")
    assert sample.height == 100
    # The readers were asked for topics, not for harm and broken promises.
    topics = topics_of(sample.select("comment"), language).filter(~pl.col("topic").is_in(["none", *URGENT]))
    truth = sample.with_row_index("response_id").explode("topics").filter(pl.col("topics") != "")
    both = topics.join(truth, left_on=["response_id", "topic"], right_on=["response_id", "topics"], how="semi")
    return both.height / topics.height, both.height / truth.height, topics.height


def test_french_comments_are_matched(garden: Settings) -> None:
    comments = french(garden)
    assert comments.height > 3_700
    assert matched(comments, "fr") >= 0.70


def test_portuguese_comments_are_matched() -> None:
    comments = portuguese()
    assert comments.height > 4_000
    assert matched(comments, "pt") >= 0.77


def test_topics_matched_in_french_agree_with_a_reader(garden: Settings) -> None:
    precision, recall, topics = precision_and_recall(french(garden), "fr", "garden_centre.csv")
    assert topics > 100
    assert (precision >= 0.85, recall >= 0.75) == (True, True), (precision, recall)


def test_topics_matched_in_portuguese_agree_with_a_reader() -> None:
    precision, recall, topics = precision_and_recall(portuguese(), "pt", "olist.csv")
    assert topics > 100
    assert (precision >= 0.85, recall >= 0.75) == (True, True), (precision, recall)


def test_drivers_of_the_garden_centre(garden: Settings) -> None:
    """Prices cost the shop points and staff gain some; the base is the answers with a comment."""
    with opened(garden) as connection:
        rows = frame(
            connection.sql(
                "SELECT topic, responses, share, impact, impact_low, impact_high, example FROM nps.drivers "
                "WHERE grain = 'trailing_365d' AND stage = 'all' AND language = 'fr' AND month = '2014-02-01'"
            )
        )
        [(commented,)] = connection.sql("SELECT count(comment) FROM core.responses").fetchall()
    by_topic = {row["topic"]: row for row in rows.to_dicts()}
    assert {row["responses"] for row in by_topic.values()} == {commented}
    assert by_topic["price"]["impact_high"] < -5
    assert by_topic["support"]["impact_low"] > 2
    assert by_topic["none"]["share"] < 0.30
    assert None not in rows["example"]


@pytest.mark.parametrize("labels", ["garden_centre.csv", "olist.csv"])
def test_labels_are_keys_and_topics_of_the_lexicon(labels: str) -> None:
    table = pl.read_csv(LABELS / labels)
    assert table.columns == ["key", "topics"]
    assert table["key"].str.contains("^[0-9a-f]{64}$").all()
    named = set(table["topics"].drop_nulls().str.split(" ").explode()) - {""}
    assert named <= set(LEXICON["topic"]) - {"none"}
