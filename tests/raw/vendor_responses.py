"""Random answers of a shop, and a writer for each survey tool's export; nothing of the loader is used here.

Here: Answer, the strategy that draws shops, WRITERS, and what a tool's file cannot carry (CARRIES). Not here: the
property itself (test_vendor_responses.py); orders and referrals (vendor_orders.py).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

ASK = "How likely are you to recommend us\nto a friend, or colleague?"
WHY = "What is the main reason for your score?"
AGAIN = "Would you buy again?"
ZONE = ZoneInfo("America/Denver")  # the account's, where a tool writes wall times
NAIVE = "%Y-%m-%d %H:%M:%S"


@dataclass(frozen=True)
class Answer:
    """One survey: answered (score not None) or only sent. Times are UTC, to the second."""

    number: int
    answered_at: datetime
    score: int | None
    email: str | None
    comment: str | None
    again: str | None
    order: str | None
    invited_at: datetime


# What a tool's file holds of an answer; "unanswered": rows without a score, too.
CARRIES: dict[str, frozenset[str]] = {
    "retently": frozenset({"email", "comment", "again", "order"}),
    "delighted": frozenset({"email", "comment", "again", "order"}),
    "asknicely_json": frozenset({"email", "comment", "order", "invited_at", "unanswered"}),
    "asknicely_csv": frozenset({"email", "comment", "order", "invited_at", "unanswered"}),
    "qualtrics": frozenset({"email", "comment", "again", "order", "unanswered"}),
    "qualtrics_tsv": frozenset({"email", "comment", "again", "order", "unanswered"}),
    "surveymonkey": frozenset({"email", "comment", "again", "unanswered"}),
    "surveymonkey_12h": frozenset({"email", "comment", "again", "unanswered"}),
    "typeform": frozenset({"email", "comment", "again", "order", "unanswered"}),
    "typeform_api": frozenset({"email", "comment", "again", "order", "unanswered"}),
    "google_forms": frozenset({"email", "comment", "again", "unanswered"}),
    "wootric": frozenset({"email", "comment", "order"}),
}
# Tools whose answers have no id: the loader makes ids, and only their number can be predicted.
WITHOUT_ID = frozenset({"google_forms"})
# Printable, no surrounding blanks: what a cell may lose is the loader's matter and has tests of its own.
TEXT = st.text(st.characters(exclude_categories=["C", "Z"]) | st.sampled_from(' ,;"\n\t'), min_size=1, max_size=20).map(
    str.strip
)
WORDS = TEXT.filter(bool)


@st.composite
def shops(draw: st.DrawFn) -> list[Answer]:
    """Up to twenty surveys, each in a second of its own; addresses come again."""
    seconds = draw(st.lists(st.integers(0, 3 * 365 * 86400), min_size=1, max_size=20, unique=True))
    emails = st.none() | st.sampled_from(["ana@shop.example", "Ben@Shop.example", "c.d+e@mail.shop.example"])
    orders = st.none() | st.integers(1000, 9999).map(str)
    return [
        Answer(
            number=number,
            answered_at=_clear(datetime(2022, 1, 1, tzinfo=UTC) + timedelta(seconds=second)),
            score=draw(st.none() | st.integers(0, 10)),
            email=draw(emails),
            comment=draw(st.none() | WORDS),
            again=draw(st.none() | WORDS),
            order=draw(orders),
            invited_at=datetime(2021, 12, 1, tzinfo=UTC) + timedelta(seconds=second),
        )
        for number, second in enumerate(sorted(seconds), 1)
    ]


def _clear(instant: datetime) -> datetime:
    """An instant whose wall time is its alone: moved out of the hour that comes twice."""
    wall = instant.astimezone(ZONE)
    other = wall.replace(fold=1 - wall.fold)
    return instant if other.utcoffset() == wall.utcoffset() else instant + timedelta(hours=3)


def table(rows: Sequence[Sequence[object]], end: str = "\n", delimiter: str = ",", *, quoted: bool = False) -> str:
    """Rows as CSV, None as an empty cell."""
    text = io.StringIO(newline="")
    style = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    csv.writer(text, lineterminator=end, delimiter=delimiter, quoting=style).writerows(rows)
    return text.getvalue()


def _iso(instant: datetime) -> str:
    return instant.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _unix(instant: datetime) -> int:
    return int(instant.timestamp())


def _wall(instant: datetime, pattern: str) -> str:
    return instant.astimezone(ZONE).strftime(pattern)


def retently(answers: Sequence[Answer]) -> str:
    """Envelope of the API."""
    records = [
        {
            "id": str(one.number),
            "customerId": f"c{one.email}" if one.email else None,
            "email": one.email,
            "campaignId": "c9",
            "createdDate": _iso(one.answered_at),
            "score": one.score,
            "comment": one.comment,
            "metricsType": "NPS",
            "isBogus": False,
            "customProps": [{"label": "Order", "name": "order_id", "type": "string", "value": one.order}],
            "additionalQuestions": [{"question": AGAIN, "answer": one.again}],
        }
        for one in answers
    ]
    return json.dumps({"message": "ok", "code": 200, "data": {"responses": records, "page": 1}})


def delighted(answers: Sequence[Answer]) -> str:
    """List of survey responses, the person expanded."""
    free = {"scale": None, "select_one": None, "select_many": None}
    records = [
        {
            "id": str(one.number),
            "person": {"id": f"p{one.number}", "email": one.email},
            "survey_type": "nps",
            "score": one.score,
            "comment": one.comment,
            "created_at": _unix(one.answered_at),
            "updated_at": None,
            "person_properties": {"Order ID": one.order} if one.order else {},
            "additional_answers": [
                {"id": "4", "value": free | {"free_response": one.again}, "question": {"text": AGAIN}}
            ],
        }
        for one in answers
    ]
    return json.dumps(records)


def _asknicely(answers: Sequence[Answer]) -> list[dict[str, str | None]]:
    return [
        {
            "response_id": str(one.number),
            "person_id": f"p{one.number}",
            "contact_id": f"p{one.number}",
            "email": one.email or "",
            "answer": "" if one.score is None else str(one.score),
            "comment": (one.comment or "") if one.score is not None else "",
            "sent": str(_unix(one.invited_at)),
            "opened": "0" if one.score is None else str(_unix(one.answered_at)),
            "responded": "0" if one.score is None else str(_unix(one.answered_at)),
            "dontcontact": None,
            "question_type": "nps",
            "order_id_c": one.order,
        }
        for one in answers
    ]


def asknicely_json(answers: Sequence[Answer]) -> str:
    """Every value a string."""
    return json.dumps({"success": True, "data": _asknicely(answers)})


def asknicely_csv(answers: Sequence[Answer]) -> str:
    """The same as a table."""
    names = list(_asknicely([_SOMEBODY])[0])
    return table([names, *([row[name] for name in names] for row in _asknicely(answers))], "\r\n")


def _qualtrics(answers: Sequence[Answer]) -> list[list[object]]:
    head = [
        ("StartDate", "Start Date", "startDate"),
        ("EndDate", "End Date", "endDate"),
        ("Status", "Response Type", "status"),
        ("Finished", "Finished", "finished"),
        ("RecordedDate", "Recorded Date", "recordedDate"),
        ("ResponseId", "Response ID", "_recordId"),
        ("RecipientEmail", "Recipient Email", "recipientEmail"),
        ("DistributionChannel", "Distribution Channel", "distributionChannel"),
        ("Q3_NPS_GROUP", ASK + " - Group", "QID3_NPS_GROUP"),
        ("Q3", ASK, "QID3"),
        ("Q4", WHY, "QID4_TEXT"),
        ("Q5", AGAIN, "QID5"),
        ("order_id", "order_id", "order_id"),
    ]
    zone = {"timeZone": "America/Denver"}
    imports = [json.dumps({"ImportId": key} | (zone if key.endswith("Date") else {})) for _, _, key in head]
    rows: list[list[object]] = [[name for name, _, _ in head], [text for _, text, _ in head], [*imports]]
    for one in answers:
        at, label = _wall(one.answered_at, NAIVE), {10: "10 - Extremely likely", 0: "0 - Not at all likely"}
        score = None if one.score is None else label.get(one.score, str(one.score))
        rows.append(
            [
                at,
                at,
                "IP Address",
                "True",
                at,
                str(one.number),
                one.email,
                "email",
                "",
                score,
                one.comment,
                one.again,
                one.order,
            ]
        )
    return rows


def qualtrics(answers: Sequence[Answer]) -> str:
    """Three header rows, labels at the ends."""
    return table(_qualtrics(answers))


def qualtrics_tsv(answers: Sequence[Answer]) -> str:
    """The same, tab separated."""
    return table(_qualtrics(answers), delimiter="\t")


def _surveymonkey(answers: Sequence[Answer], pattern: str, labels: dict[int, str], custom: Sequence[str]) -> str:
    head = ["Respondent ID", "Collector ID", "Start Date", "End Date", "IP Address", "Email Address", "First Name"]
    head += ["Last Name", *custom]
    rows: list[list[object]] = [
        [*head, ASK, WHY, AGAIN],
        [*[""] * len(head), "", "Open-Ended Response", "Response"],
    ]
    for one in answers:
        at = _wall(one.answered_at, pattern)
        score = None if one.score is None else labels.get(one.score, str(one.score))
        rows.append([str(one.number), "1", at, at, "", one.email, "", "", *custom, score, one.comment, one.again])
    return table(rows)


def surveymonkey(answers: Sequence[Answer]) -> str:
    """Two header rows, 24 hours, Custom Data."""
    labels = {10: "Extremely likely - 10", 0: "Not at all likely - 0"}
    return _surveymonkey(answers, "%m/%d/%Y %H:%M:%S", labels, ["Custom Data 1"])


def surveymonkey_12h(answers: Sequence[Answer]) -> str:
    """Older: 12 hours, no Custom Data."""
    return _surveymonkey(answers, "%m/%d/%Y %I:%M:%S %p", {}, [])


def typeform(answers: Sequence[Answer]) -> str:
    """A column a question, hidden fields, UTC."""
    rows: list[list[object]] = [
        ["#", ASK, WHY, AGAIN, "email", "order_id", "Start Date (UTC)", "Submit Date (UTC)", "Network ID"]
    ]
    for one in answers:
        at = one.answered_at.strftime(NAIVE)
        rows.append([str(one.number), one.score, one.comment, one.again, one.email, one.order, at, at, "n"])
    return table(rows)


def typeform_api(answers: Sequence[Answer]) -> str:
    """Answers as a list of what was given."""
    items = []
    for one in answers:
        at = one.answered_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        given: list[dict[str, object]] = []
        if one.score is not None:
            given.append({"field": {"id": "a", "type": "nps", "ref": "nps"}, "type": "number", "number": one.score})
        if one.comment is not None:
            given.append({"field": {"id": "b", "type": "long_text", "ref": "w"}, "type": "text", "text": one.comment})
        if one.again is not None:
            field = {"id": "c", "type": "multiple_choice", "ref": AGAIN}
            given.append({"field": field, "type": "choice", "choice": {"label": one.again}})
        hidden = {"email": one.email, "order_id": one.order}
        items.append(
            {"token": str(one.number), "landed_at": at, "submitted_at": at, "hidden": hidden, "answers": given}
        )
    return json.dumps({"total_items": len(items), "items": items})


def google_forms(answers: Sequence[Answer]) -> str:
    """All quoted, 12 hours, the offset of the day."""
    rows: list[list[object]] = [["Timestamp", "Email Address", ASK, WHY, AGAIN]]
    for one in answers:
        wall = one.answered_at.astimezone(ZONE)
        hours = int((wall.utcoffset() or timedelta()).total_seconds() // 3600)
        clock = f"{wall.hour % 12 or 12}:{wall:%M:%S} {'AM' if wall.hour < 12 else 'PM'}"
        at = f"{wall.year}/{wall.month}/{wall.day} {clock} GMT{hours:+d}"
        score = {10: "10 - extremely likely", None: None}.get(one.score, one.score)
        rows.append([at, one.email, score, one.comment, one.again])
    return table(rows, quoted=True)


def wootric(answers: Sequence[Answer]) -> str:
    """List of responses with their end users."""
    records = [
        {
            "id": one.number,
            "score": one.score,
            "text": one.comment,
            "completed": True,
            "excluded_from_calculations": False,
            "created_at": _unix(one.answered_at),
            "end_user": {"id": one.number, "email": one.email, "properties": {"order_id": one.order}},
        }
        for one in answers
    ]
    return json.dumps(records)


_SOMEBODY = Answer(0, datetime(2022, 1, 1, tzinfo=UTC), 1, None, None, None, None, datetime(2022, 1, 1, tzinfo=UTC))
WRITERS: dict[str, Callable[[Sequence[Answer]], str]] = {
    "retently": retently,
    "delighted": delighted,
    "asknicely_json": asknicely_json,
    "asknicely_csv": asknicely_csv,
    "qualtrics": qualtrics,
    "qualtrics_tsv": qualtrics_tsv,
    "surveymonkey": surveymonkey,
    "surveymonkey_12h": surveymonkey_12h,
    "typeform": typeform,
    "typeform_api": typeform_api,
    "google_forms": google_forms,
    "wootric": wootric,
}


def carried(tool: str, answer: Answer) -> Answer:
    """What of an answer the tool's file can hold."""
    lost = {name: None for name in ("email", "comment", "again", "order") if name not in CARRIES[tool]}
    return replace(answer, **lost)  # type: ignore[arg-type]  # all of them may be None
