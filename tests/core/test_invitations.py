"""core.invitations and core.order_segments: each invitation once, answered or not; each order in the answers' words."""

from __future__ import annotations

import pytest
from core.vault import at, customer, file, invitation, line, order, response, who

ANN, BOB = "ann@x.test", "bob@x.test"
COLUMNS = "invitation_id, customer_id, CAST(invited_date AS VARCHAR), is_delivered, is_opened, response_id, is_declared"


def invitations(made):
    return made.rows("core.invitations", COLUMNS)


def test_declared_unanswered_invitation(shop):
    made = shop(
        invitation("1", ANN, "2025-05-01 10:00", survey="June", stage="relational", channel="email",
                   delivered=True, opened=False, unsubscribed=True, bounced=False, reminders=2),
    )  # fmt: skip
    assert made.rows(
        "core.invitations", "* EXCLUDE (invited_at, invited_date, unsubscribed_at), CAST(invited_date AS VARCHAR)"
    ) == [
        (
            "1",
            "canonical",
            who(ANN),
            "June",
            "relational",
            "email",
            True,
            False,
            False,
            True,
            2,
            None,
            True,
            "2025-05-01",
        )
    ]


@pytest.mark.first(3)
@pytest.mark.parametrize(
    ("versions", "unsubscribed_at"),
    [
        ([{"unsubscribed": True}], "2025-05-01 10:00"),
        ([{"unsubscribed": True, "updated_at": at("2025-05-03")}], "2025-05-03"),
        # Dated before the invitation it is about.
        ([{"unsubscribed": True, "updated_at": at("2025-04-03")}], "2025-05-01 10:00"),
        # The first version that says so dates it, whatever else changed later.
        (
            [
                {"updated_at": at("2025-05-02")},
                {"unsubscribed": True, "updated_at": at("2025-05-03")},
                {"unsubscribed": True, "opened": True, "updated_at": at("2025-05-04")},
            ],
            "2025-05-03",
        ),
        (
            [
                {"unsubscribed": True, "updated_at": at("2025-05-03")},
                {"unsubscribed": False, "updated_at": at("2025-05-04")},
            ],
            None,
        ),
        ([{"unsubscribed": False}], None),
        ([{}], None),
    ],
)
def test_from_when_on_a_customer_counts_as_unsubscribed(shop, versions, unsubscribed_at):
    made = shop(*(invitation("1", ANN, "2025-05-01 10:00", **values) for values in versions))
    assert made.rows("core.invitations", "unsubscribed_at") == [(unsubscribed_at and at(unsubscribed_at),)]


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("values", "delivered"),
    [
        ({}, None),
        ({"bounced": True}, False),
        ({"bounced": False}, True),
        ({"delivered": False, "bounced": False}, False),
        ({"delivered": False, "opened": True}, True),
    ],
)
def test_what_counts_as_delivered(shop, values, delivered):
    assert shop(invitation("1", ANN, "2025-05-01", **values)).rows("core.invitations", "is_delivered") == [(delivered,)]


def test_an_invitation_and_its_answer_count_once(shop):
    """Declared by one system, its answer with a time of its own by another."""
    made = shop(
        invitation("1", ANN, "2025-05-01 10:00", survey="June"),
        file(response("x", ANN, "2025-05-02", survey="june", invited_at="2025-05-01 10:01"), source="retently"),
    )
    assert invitations(made) == [("1", who(ANN), "2025-05-01", True, True, "retently:x", True)]


def test_an_answer_without_a_declared_invitation_counts_as_one(shop):
    made = shop(
        response("x", ANN, "2025-05-02", invited_at="2025-05-01"),
        file(response("y", None, "2025-05-03", invited_at="2025-05-03"), source="retently"),
        response("z", BOB, "2025-05-02"),
    )
    assert invitations(made) == [
        ("response:x", who(ANN), "2025-05-01", True, True, "x", False),
        ("retently:y", None, "2025-05-03", True, True, "retently:y", False),
    ]


def test_one_record_of_a_tool_is_one_invitation_whomever_it_names(shop):
    made = shop(
        file(response("x", None, "2025-05-02", invited_at="2025-05-01"), source="asknicely"),
        file(invitation("x", ANN, "2025-05-01"), invitation("y", BOB, "2025-05-01"), source="asknicely"),
    )
    assert invitations(made) == [
        ("asknicely:x", who(ANN), "2025-05-01", True, True, "asknicely:x", True),
        ("asknicely:y", who(BOB), "2025-05-01", None, None, None, True),
    ]


def test_canonical_ids_may_be_equal_by_chance(shop):
    made = shop(invitation("1", ANN, "2025-05-01"), response("1", BOB, "2025-05-02", invited_at="2025-05-01"))
    assert invitations(made) == [
        ("1", who(ANN), "2025-05-01", None, None, None, True),
        ("response:1", who(BOB), "2025-05-01", True, True, "1", False),
    ]


def test_an_answer_belongs_to_the_latest_invitation_of_its_survey_within_ninety_days(shop):
    made = shop(
        invitation("early", ANN, "2025-04-01", survey="June"),
        invitation("late", ANN, "2025-05-01"),
        invitation("other", ANN, "2025-05-02", survey="July"),
        invitation("after", ANN, "2025-05-11", survey="June"),
        response("x", ANN, "2025-05-10", survey="June"),
        invitation("old", BOB, "2025-01-01"),
        response("y", BOB, at("2025-04-01 00:00:01")),
    )
    assert made.rows("core.invitations", "invitation_id, response_id", "response_id IS NOT NULL") == [("late", "x")]


def test_the_second_answer_to_an_invitation_makes_no_other_invitation(shop):
    made = shop(
        invitation("1", ANN, "2025-05-01"),
        response("x", ANN, "2025-05-03", invited_at="2025-05-01"),
        response("y", ANN, "2025-05-02", invited_at="2025-05-01"),
    )
    assert made.rows("core.invitations", "invitation_id, response_id") == [("1", "y")]


def test_an_invitation_that_lands_later_takes_its_answer_over(shop):
    made = shop(response("x", ANN, "2025-05-02", invited_at="2025-05-01"))
    made.add(invitation("1", ANN, "2025-05-01"))
    assert made.rows("core.invitations", "invitation_id, response_id") == [("1", "x")]
    assert [(kind, records) for kind, _, _, records in made.changes()] == [("core.invitations", 1)] * 2


def test_order_segments_use_the_names_of_response_segments(shop):
    made = shop(
        customer(ANN, registered_at="2025-02-01", country="FR", tier="gold"),
        order("1", ANN, "2025-01-01", "30", country="DE", channel="web"),
        order("2", ANN, "2025-03-01", "300"),
        order("3", None, "2025-03-01", "10", country="IT"),
        order("4", BOB, "2024-01-01", "50", status="cancelled"),
        line("2", "1", "1", "300", product_category="shoes", brand="Acme"),
    )
    assert made.rows("core.order_segments") == [
        ("1", "FR", "unknown", "unknown", "guest", "web", "25-50", "1", "new", "2025", "unknown"),
        ("2", "FR", "shoes", "Acme", "registered", "unknown", "250+", "2-3", "active", "2025", "unknown"),
        ("3", "IT", "unknown", "unknown", "unknown", "unknown", "<25", "unknown", "unknown", "unknown", "unknown"),
        ("4", "unknown", "unknown", "unknown", "guest", "unknown", "50-100", "0", "prospect", "unknown", "unknown"),
    ]
    asked = response("r", ANN, "2025-03-01", order_id="2", channel="email")
    made.add(asked)
    columns = [name for name in made.connection.table("core.order_segments").columns[1:] if name != "channel"]
    [words] = made.rows("core.order_segments", ", ".join(columns), "order_id = '2'")
    assert {name: made.segments(name)["r"] for name in columns} == dict(zip(columns, words, strict=True))
