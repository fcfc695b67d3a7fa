"""core.follow_ups and core.reviews_given: contacts by answer, reviews by writer, and what is not published."""

from __future__ import annotations

import pytest
from core.vault import at, customer, file, follow_up, response, review, snapshot, who

from pipelines.core.conform import conform
from pipelines.warehouse.connection import set_state

ANN, BOB = "ann@x.test", "bob@x.test"
CONTACT = "response_id, source, CAST(contacted_at AS VARCHAR), CAST(resolved_at AS VARCHAR), owner, outcome, note"
TOLD = "SELECT doubt, subject, records, example FROM ops.doubts ORDER BY ALL"


def contacts(made, columns=CONTACT):
    return made.rows("core.follow_ups", columns)


def test_the_newest_version_of_a_contact_stands(shop):
    made = shop(
        response("1", ANN, "2025-05-01", 3),
        follow_up("1", "2025-05-02 10:00", owner="care", outcome="open", updated_at="2025-05-02"),
    )
    made.add(
        follow_up("1", "2025-05-02 10:00", resolved_at="2025-05-04", owner="care", outcome="refund", note="paid back",
                  updated_at="2025-05-05"),
        follow_up("1", "2025-05-02 10:00", outcome="older", updated_at="2025-05-03"),
    )  # fmt: skip
    assert contacts(made) == [
        ("1", "canonical", "2025-05-02 10:00:00+00", "2025-05-04 00:00:00+00", "care", "refund", "paid back")
    ]
    assert made.connection.sql(TOLD).fetchall() == []


def test_a_contact_is_of_the_answer_by_its_published_id(shop):
    made = shop(
        file(response("1", ANN, "2025-05-01", 3), source="retently"),
        file(follow_up("1", "2025-05-02"), source="retently"),
        file(follow_up("retently:1", "2025-05-02"), follow_up("retently:1", "2025-05-03")),
    )
    assert contacts(made, "response_id, CAST(contacted_at AS DATE)::VARCHAR") == [
        ("retently:1", "2025-05-02"),
        ("retently:1", "2025-05-03"),
    ]


@pytest.mark.slow
def test_a_contact_after_a_repeated_answer_is_of_the_one_that_stands(shop):
    """Whether the repetition landed with the contact, before it, or after it."""
    first = response("1", ANN, "2025-05-01 10:00", 3, survey="s")
    made = shop(first, follow_up("1", "2025-05-02"))
    assert contacts(made, "response_id") == [("1",)]
    made.add(response("2", ANN, "2025-05-01 10:05", 3, survey="s", comment="slow"))
    assert contacts(made, "response_id") == [("2",)]
    made.add(follow_up("1", "2025-05-03"))
    assert contacts(made, "response_id") == [("2",), ("2",)]
    in_nights = snapshot(made.connection)
    set_state(made.connection, "core_fingerprint", "")
    conform(made.connection, made.settings)
    assert snapshot(made.connection) == in_nights


def test_what_is_personal_is_masked(shop):
    values = {"owner": "Bo@shop.test", "outcome": "wrote to ann@x.test", "note": "call 0171 2345678 or ann@x.test"}
    made = shop(response("1", ANN, "2025-05-01", 3), follow_up("1", "2025-05-02", **values))
    [(owner, outcome, note)] = contacts(made, "owner, outcome, note")
    assert (outcome, note) == ("wrote to [e-mail]", "call [phone] or [e-mail]")
    assert owner is not None
    assert "@" not in owner
    # One owner stays one owner, however the address is written.
    made.add(follow_up("1", "2025-05-03", owner=" bo@SHOP.test"), follow_up("1", "2025-05-04", owner="Care team"))
    assert made.rows("core.follow_ups", "CAST(contacted_at AS DATE)::VARCHAR, owner") == [
        ("2025-05-02", owner),
        ("2025-05-03", owner),
        ("2025-05-04", "Care team"),
    ]


def test_notes_are_not_published_where_comments_are_not(shop):
    made = shop(
        response("1", ANN, "2025-05-01", 3),
        follow_up("1", "2025-05-02", owner="care", outcome="refund", note="paid"),
        publish_comments=False,
    )
    assert contacts(made, "owner, outcome, note") == [("care", "refund", None)]


def test_contacts_that_count_nowhere_are_kept_and_told(shop):
    """One whose answer is in no file, until it lands; and one dated before the day of its answer."""
    made = shop(
        response("1", ANN, "2025-05-02 15:00", 3),
        follow_up("1", "2025-05-01 23:00"),
        follow_up("1", "2025-05-02 00:00"),
        follow_up("7", "2025-05-02"),
    )
    early = ("contact_before_answer", "canonical", 1, "1")
    assert contacts(made, "response_id") == [("1",), ("1",), ("7",)]
    assert made.connection.sql(TOLD).fetchall() == [early, ("follow_up_without_answer", "canonical", 1, "7")]
    made.add(response("7", ANN, "2025-05-01", 3))
    assert contacts(made, "response_id") == [("1",), ("1",), ("7",)]
    assert made.connection.sql(TOLD).fetchall() == [early]


def mark(**values):
    """What a tool exports of an answer that was marked as resolved, without a time."""
    return follow_up("1", "2025-05-01", is_dated=False, **values)


def test_a_mark_without_a_time_is_of_the_answer_s_moment(shop):
    made = shop(response("1", ANN, "2025-05-01", 3), mark(resolved_at="2025-05-01", owner="Bo"))
    assert contacts(made, "response_id, CAST(resolved_at AS DATE)::VARCHAR, is_dated, owner") == [
        ("1", "2025-05-01", False, "Bo")
    ]
    made.add(mark(owner="Bo", updated_at="2025-06-01"))
    assert contacts(made) == [], "a mark that was taken back"


@pytest.mark.slow
def test_a_mark_gives_way_to_a_dated_contact_that_resolved_the_answer(shop):
    made = shop(response("1", ANN, "2025-05-01", 3), mark(resolved_at="2025-05-01"))
    made.add(follow_up("1", "2025-05-02"))
    assert contacts(made, "is_dated") == [(False,), (True,)]
    made.add(follow_up("1", "2025-05-02", resolved_at="2025-06-03", updated_at="2025-06-03"))
    assert contacts(made, "is_dated") == [(True,)]
    assert {(kind, str(first)) for kind, _, first, _ in made.changes()} == {("core.follow_ups", "2025-05-01")}


@pytest.mark.slow
def test_a_change_is_noted_from_the_day_it_tells_of(shop):
    made = shop(response("1", ANN, "2025-05-01", 3), follow_up("1", "2025-05-02"))
    for late, month in (
        (follow_up("1", "2025-05-02", resolved_at="2025-07-04"), "2025-07-01"),
        (
            follow_up("1", "2025-05-02", resolved_at="2025-07-04", outcome="refund", updated_at="2025-08-01"),
            "2025-05-01",
        ),
        (follow_up("1", "2025-06-02"), "2025-06-01"),
    ):
        made.add(late)
        assert {(kind, str(first), records) for kind, _, first, records in made.changes()} == {
            ("core.follow_ups", month, 1)
        }
        assert made.conformed.people == 0


@pytest.mark.slow
def test_reviews_follow_people_who_turn_out_to_be_one(shop):
    made = shop(review(ANN, "2025-05-01"), review("7", "2025-05-01"), review(BOB, "2025-05-02"))
    assert len({row[0] for row in made.rows("core.reviews_given")}) == 3
    made.add(customer((ANN, "7")))
    assert dict(made.rows("core.reviews_given")) == {who(ANN): at("2025-05-01"), who(BOB): at("2025-05-02")}
    made.add(review("7", "2025-05-04"))
    assert made.rows("core.reviews_given", "customer_id", f"customer_id = '{who(ANN)}'") == [(who(ANN),)] * 2
    assert made.conformed.people == 0
