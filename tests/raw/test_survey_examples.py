"""The worked examples for survey tools that publish no header: each must still read a file with the columns it names.

Here: a small made-up export per example. Not here: the shipped formats; examples of referral programmes.
"""

from __future__ import annotations

import pytest

from pipelines.warehouse.sql_files import SQL
from tests.raw.conftest import Shop

EXPORTS = {
    "trustspot.responses": (
        "Survey ID,Survey Type,Date Completed,Rating,Customer Email,Order Number,Comment,Date Sent\n"
        "1,NPS,25/12/2024 3:04 PM,0,Ana@shop.example,#1001,late,20/12/2024\n"
        "2,CSAT,25/12/2024 3:05 PM,5,ben@shop.example,,,\n",
        [("1", "2024-12-25 15:04:00+00", "0", None, "Ana@shop.example", None, "#1001", "late", None)],
        [("2", "not_nps", "score")],
    ),
    "edesk_feedback.responses": (
        "Request ID;Marketplace;Order ID;Responded;Score;Scale;Feedback\n"
        "9;amazon.de;302-1;2024-05-01T10:00:00Z;10;0-10;gut\n"
        "8;amazon.de;302-2;2024-05-01T10:00:00Z;5;1-5;\n"
        "7;amazon.de;302-3;;;0-10;\n",
        [("9", "2024-05-01 10:00:00+00", "10", None, None, None, "302-1", "gut", None)],
        [("2", "not_nps", "score"), ("3", "partial", None)],
    ),
    "okendo.responses": (
        "surveyResponseId,surveyName,createdAt,npsScore,profileId,profileEmail,npsComment,question1,answer1\n"
        "a1,After purchase,1713418460,9,p1,eve@shop.example,,Again?,Yes\n",
        [("a1", "2024-04-18 05:34:20+00", "9", "After purchase", "eve@shop.example", "p1", None, None, "{Again?=Yes}")],
        [],
    ),
    "hotjar.responses": (
        "Number,User,Date Submitted,Country,Source URL,Device,Hotjar User ID,Would you recommend us?,Why?,More?\n"
        "1,,2024-05-01 10:00:00,FR,https://shop.example/a,phone,h1,7,slow,no\n"
        "2,,2024-05-01 10:01:00,FR,https://shop.example/a,phone,h2,,,no\n",
        [("h1-1", "2024-05-01 10:00:00+00", "7", None, None, None, None, "slow", "{More?=no}")],
        [("2", "partial", None)],
    ),
    "zendesk.responses": (
        "Survey response\tTicket\tUpdated\tRecommendation\tRequester email\tStatus\n"
        "s1\t77\t2024-05-01 10:00:00\t8\tfay@shop.example\tanswered\n"
        "s2\t78\t2024-05-01 10:00:00\t\tgus@shop.example\tskipped\n",
        [("s1", "2024-05-01 14:00:00+00", "8", "support", "fay@shop.example", None, None, None, None)],
        [("2", "partial", None)],
    ),
}
COLUMNS = (
    "response_id",
    "responded_at",
    "score",
    "survey",
    "customer_email",
    "customer_id",
    "order_id",
    "comment",
    "answers",
)


def use(shop: Shop, name: str) -> None:
    """Save the example where an operator would."""
    shop.format(f"{name}.sql", (SQL / "formats" / "examples" / f"{name}.sql").read_text())


@pytest.mark.first(2)
@pytest.mark.parametrize("name", EXPORTS)
def test_example(shop: Shop, name: str) -> None:
    content, answers, refused = EXPORTS[name]
    shop.drop("export.txt", content)
    assert shop.load().files == {"unrecognised": 1}, "an example must not be active"
    use(shop, name)
    report = shop.load()
    assert (report.problems, report.files) == ((), {"loaded": 1})
    assert shop.rows("responses", *COLUMNS) == answers
    assert shop.rows("rejected", "row_number", "reason", "column_name") == refused


def test_reviews_are_not_answers(shop: Shop) -> None:
    use(shop, "yotpo.reviews_given")
    shop.drop(
        "reviews.csv",
        "Review ID,Review Date,Review Score,Reviewer Email,Review Status\n"
        "1,2024-05-01 10:00:00 +0000,5,Hal@shop.example,Published\n"
        "2,2024-05-01 10:00:00 +0000,1,ida@shop.example,Rejected\n",
    )
    shop.load()
    assert shop.rows("reviews_given", "customer_email", "given_at", "identity", "extra") == [
        ("Hal@shop.example", "2024-05-01 10:00:00+00", "e:hal@shop.example", '{"stars":"5"}')
    ]
    assert shop.rows("responses", "response_id") == []
    assert shop.rows("rejected", "row_number", "reason") == [("2", "bogus")]


def test_every_survey_example_is_run_here() -> None:
    kinds = (".responses", ".reviews_given", ".invitations")
    examples = {path.stem for path in (SQL / "formats" / "examples").glob("*.sql") if path.stem.endswith(kinds)}
    assert examples == {*EXPORTS, "yotpo.reviews_given"}
