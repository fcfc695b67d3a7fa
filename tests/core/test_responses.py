"""core.responses and core.answers: respondent, order, stage, category, next answer."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from core.vault import at, customer, file, order, response, who

ANSWERED = at("2025-06-30 12:00")


def links(made):
    return made.rows("core.responses", "response_id, order_id, order_link")


def test_whole_row(shop):
    made = shop(
        order("7", "a@x.test", "2025-06-01", delivered_at="2025-06-05"),
        response(
            "1", "A@x.test", "2025-06-30 23:30", 9, survey="June", order_id="7", invited_at="2025-06-20",
            channel="email",
            comment="Call 0170 1234567", language="EN",
            answers={"Why?": "a@x.test said so", "Else": " ", "First name": "Ana"},
        ),
        timezone="Europe/Paris",
    )  # fmt: skip
    assert made.row("core.responses", "1") == {
        "response_id": "1",
        "source": "canonical",
        "survey": "June",
        "stage": "post_delivery",
        "customer_id": who("a@x.test"),
        "order_id": "7",
        "order_link": "declared",
        "invited_at": at("2025-06-20"),
        "responded_at": at("2025-06-30 23:30"),
        "response_date": date(2025, 7, 1),
        "score": 9,
        "category": "promoter",
        "next_response_at": None,
        "comment": "Call [phone]",
        "language": "en",
        "channel": "email",
    }
    assert made.rows("core.answers") == [("1", "Why?", "[e-mail] said so")]


def test_barest_row(shop):
    made = shop(file(response("1", None, "2025-06-30", 0), source="delighted"))
    assert made.row("core.responses", "delighted:1") == {
        "response_id": "delighted:1",
        "source": "delighted",
        "survey": None,
        "stage": "prospect",
        "customer_id": None,
        "order_id": None,
        "order_link": "none",
        "invited_at": None,
        "responded_at": at("2025-06-30"),
        "response_date": date(2025, 6, 30),
        "score": 0,
        "category": "detractor",
        "next_response_at": None,
        "comment": None,
        "language": None,
        "channel": None,
    }


def test_category_is_the_score_s(shop):
    made = shop(*(response(f"{score:02}", None, "2025-06-30", score) for score in range(11)))
    categories = [category for _, category in made.rows("core.responses", "score, category")]
    assert categories == ["detractor"] * 7 + ["passive"] * 2 + ["promoter"] * 2


def test_comments_can_be_kept_unpublished(shop):
    made = shop(response("1", None, "2025-06-30", comment="fine", answers={"Why?": "price"}), publish_comments=False)
    assert made.rows("core.responses", "comment") == [(None,)]
    assert made.rows("core.answers") == []


def test_the_newest_version_counts_with_its_answers(shop):
    made = shop(response("1", "a@x.test", "2025-06-01", 3, updated_at="2025-06-02", answers={"Why?": "late"}))
    made.add(response("1", "a@x.test", "2025-06-01", 8, updated_at="2025-06-03", answers={"Who?": "me"}))
    made.add(response("1", "a@x.test", "2025-06-01", 5, updated_at="2025-06-01"))
    assert made.rows("core.responses", "response_id, score") == [("1", 8)]
    assert made.rows("core.answers") == [("1", "Who?", "me")]


SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
# Orders (ordered, delivered), the stage the export declares, the stage expected.
STAGES = {
    "no order": ([], None, "prospect"),
    "first order later": ([(ANSWERED + SECOND, None)], None, "prospect"),
    "order at the answer": ([(ANSWERED, None)], None, "post_order"),
    "delivery unknown": ([(ANSWERED - 30 * DAY, None)], None, "post_order"),
    "delivered a second later": ([(ANSWERED - 30 * DAY, ANSWERED + SECOND)], None, "pre_delivery"),
    "delivered right then": ([(ANSWERED - 30 * DAY, ANSWERED)], None, "post_delivery"),
    "delivered 60 days before": ([(ANSWERED - 70 * DAY, ANSWERED - 60 * DAY)], None, "post_delivery"),
    "delivered longer before": ([(ANSWERED - 70 * DAY, ANSWERED - 60 * DAY - SECOND)], None, "relational"),
    "no order linked": ([(ANSWERED - 200 * DAY, ANSWERED)], None, "relational"),
    "declared": ([(ANSWERED - 30 * DAY, ANSWERED)], "relational", "relational"),
    "declared without an order": ([], "pre_delivery", "pre_delivery"),
}


def test_stage(shop):
    made = shop(
        *(
            order(f"{name} {ordered}", f"{name}@x.test", ordered, delivered_at=delivered)
            for name, (orders, _, _) in STAGES.items()
            for ordered, delivered in orders
        ),
        *(response(name, f"{name}@x.test", ANSWERED, stage=given) for name, (_, given, _) in STAGES.items()),
    )
    assert dict(made.rows("core.responses", "response_id, stage")) == {name: case[2] for name, case in STAGES.items()}


REFERENCES = {
    "shopify:55501": "shopify:55501",
    " SHOPIFY:55501 ": "shopify:55501",
    "55501": "shopify:55501",
    "1001": "shopify:55501",
    "#1001": "shopify:55501",
    "1002": "shopify:55502",  # its number has no #
    "#1002": "shopify:55502",
    "7": "7",  # a full id is better than an order number
    "#7": "shopify:55503",  # an order number better than an id with a #
    "8": "8",
    "#8": "8",
    "9": "9",  # a full id is better than another source's own
    "10": None,  # two sources' own ids
    "1004": None,  # two orders of one number
    "12": "shopify:11",  # an order placed before the answer is better than one placed after
    "13": "13",  # which will do where there is no other: clocks differ
    "nonsense": None,
    "": None,
    "#": None,
}


def test_declared_order(shop):
    made = shop(
        file(
            order("55501", "a@x.test", "2024-01-01", order_number="#1001"),
            order("55502", "a@x.test", "2024-01-02", order_number="1002"),
            order("55503", "a@x.test", "2024-01-03", order_number="#7"),
            order("55504", "a@x.test", "2024-01-04", order_number="#1004"),
            order("55505", "a@x.test", "2024-01-04", order_number="#1004"),
            order("9", "a@x.test", "2024-01-04", order_number="#"),
            order("10", "a@x.test", "2024-01-04"),
            order("11", "a@x.test", "2024-01-04", order_number="#12"),
            source="shopify",
        ),
        file(order("10", "a@x.test", "2024-01-04"), source="woocommerce"),
        *(order(number, "a@x.test", "2024-01-05") for number in "789"),
        order("12", "a@x.test", "2025-07-05"),
        order("13", "a@x.test", "2025-07-05"),
        # Each to a survey of its own, because two answers to one survey at one instant are one.
        *(
            response(f"r{name}", "a@x.test", ANSWERED, order_id=name, survey=str(number))
            for number, name in enumerate(REFERENCES)
        ),
    )
    linked_orders = {row[0][1:]: row[1:] for row in links(made)}
    assert linked_orders == {name: (linked, "declared" if linked else "none") for name, linked in REFERENCES.items()}


def test_order_that_cannot_be_told_is_inferred(shop):
    made = shop(
        file(order("1", "a@x.test", "2025-06-01"), source="shopify"),
        file(order("1", "a@x.test", "2025-06-02"), source="woocommerce"),
        response("r", "a@x.test", ANSWERED, order_id="1"),
    )
    assert links(made) == [("r", "woocommerce:1", "inferred")]


def test_number_an_order_no_longer_has_does_not_name_it(shop):
    made = shop(
        order("1", "a@x.test", "2025-01-01", order_number="#5", updated_at="2025-01-01"),
        response("r", "a@x.test", ANSWERED, order_id="#5"),
    )
    assert links(made) == [("r", "1", "declared")]
    made.add(order("1", "a@x.test", "2025-01-01", order_number="#6", updated_at="2025-01-02"))
    assert links(made) == [("r", None, "none")]


# Ordered, invited, whether the order is linked.
WITHIN_90_DAYS = [
    (ANSWERED, None, True),
    (ANSWERED + SECOND, None, False),
    (ANSWERED - 90 * DAY, None, True),
    (ANSWERED - 90 * DAY - SECOND, None, False),
    (ANSWERED - 5 * DAY, ANSWERED - 6 * DAY, False),
    (ANSWERED - 6 * DAY, ANSWERED - 6 * DAY, True),
    (ANSWERED - 96 * DAY, ANSWERED - 6 * DAY, True),
    # An invitation later than its answer comes from a wrong clock.
    (ANSWERED + SECOND, ANSWERED + DAY, False),
]


def test_inferred_order(shop):
    cases = {f"{number}": case for number, case in enumerate(WITHIN_90_DAYS)}
    made = shop(
        *(order(name, f"{name}@x.test", ordered) for name, (ordered, _, _) in cases.items()),
        *(response(name, f"{name}@x.test", ANSWERED, invited_at=case[1]) for name, case in cases.items()),
    )
    assert links(made) == [
        (name, name, "inferred") if linked else (name, None, "none") for name, (_, _, linked) in cases.items()
    ]


def test_last_order_is_inferred_and_of_two_at_one_instant_the_last_id(shop):
    made = shop(
        order("3", "a@x.test", "2025-06-01"),
        order("1", "a@x.test", "2025-06-02"),
        order("2", "a@x.test", "2025-06-02"),
        response("r", "a@x.test", ANSWERED),
    )
    assert links(made) == [("r", "2", "inferred")]


def test_answer_about_somebody_else_s_order_stays_its_author_s(shop):
    made = shop(
        order("1", "b@x.test", "2025-06-01", delivered_at="2025-06-20"),
        response("r", "a@x.test", ANSWERED, order_id="1"),
    )
    assert made.rows("core.responses", "customer_id, order_id, order_link, stage") == [
        (who("a@x.test"), "1", "declared", "post_delivery")
    ]
    # The order moves to another buyer, and the answer with it, though nothing else touches its author.
    made.add(order("1", "b@x.test", "2025-06-01", delivered_at="2025-07-20", updated_at="2025-07-20"))
    assert made.rows("core.responses", "customer_id, stage") == [(who("a@x.test"), "pre_delivery")]


@pytest.mark.slow
def test_anonymous_answer_belongs_to_the_customer_of_its_order(shop):
    made = shop(
        response("r", None, ANSWERED, order_id="1", stage="relational"),
        response("s", "a@x.test", ANSWERED + timedelta(days=1), stage="relational"),
    )
    owners = "response_id, customer_id, order_link, next_response_at"
    assert made.rows("core.responses", owners) == [
        ("r", None, "none", None),
        ("s", who("a@x.test"), "none", None),
    ]
    made.add(order("1", "a@x.test", "2025-01-01"))
    assert made.rows("core.responses", owners) == [
        ("r", who("a@x.test"), "declared", ANSWERED + timedelta(days=1)),
        ("s", who("a@x.test"), "none", None),
    ]
    # The order turns out to be somebody else's, and that somebody to be two people in one.
    made.add(order("1", "7", "2025-01-01", updated_at="2025-01-02"))
    assert made.rows("core.responses", owners) == [
        ("r", who("canonical:7"), "declared", None),
        ("s", who("a@x.test"), "none", None),
    ]
    made.add(customer(("c@x.test", "7")))
    assert made.rows("core.responses", owners)[0] == ("r", who("c@x.test"), "declared", None)


@pytest.mark.slow
def test_anonymous_answer_that_lands_last_joins_its_customer_s_others(shop):
    made = shop(
        order("1", "a@x.test", "2025-01-01"),
        order("2", "b@x.test", "2025-01-01"),
        response("a", "a@x.test", "2025-05-01", stage="relational"),
        response("b", "b@x.test", "2025-05-01", stage="relational"),
    )
    following = "response_id, customer_id, next_response_at"
    made.add(response("r", None, "2025-06-01", order_id="1", stage="relational", updated_at="2025-06-01"))
    assert made.rows("core.responses", following) == [
        ("a", who("a@x.test"), at("2025-06-01")),
        ("b", who("b@x.test"), None),
        ("r", who("a@x.test"), None),
    ]
    made.add(response("r", None, "2025-06-01", order_id="2", stage="relational", updated_at="2025-06-02"))
    assert made.rows("core.responses", following) == [
        ("a", who("a@x.test"), None),
        ("b", who("b@x.test"), at("2025-06-01")),
        ("r", who("b@x.test"), None),
    ]


def test_anonymous_answer_in_reach_of_two_people_keeps_its_place(shop):
    """Its best named order is b's; a has an order whose number is the same."""
    made = shop(
        order("1", "b@x.test", "2025-01-01"),
        file(order("2", "a@x.test", "2025-01-01", order_number="#1"), source="shopify"),
        response("r", None, "2025-06-01", order_id="1", stage="relational"),
        response("s", "b@x.test", "2025-06-02", stage="relational"),
    )
    before = made.rows("core.responses")
    made.add(order("3", "a@x.test", "2025-07-01"))
    assert made.rows("core.responses") == before
    assert made.rows("core.responses", "response_id, next_response_at")[0] == ("r", at("2025-06-02"))


@pytest.mark.slow
def test_an_answer_that_moves_to_another_author_leaves_the_first(shop):
    made = shop(response("r", "a@x.test", "2025-06-01"))
    made.add(response("r", "b@x.test", "2025-06-01", updated_at="2025-06-02"))
    made.add(order("1", "a@x.test", "2025-05-01"))
    assert made.rows("core.responses", "response_id, customer_id, stage") == [("r", who("b@x.test"), "prospect")]


def test_next_response_is_the_same_person_s_at_the_same_stage(shop):
    made = shop(
        response("1", "a@x.test", "2025-01-01", stage="relational"),
        response("2", "a@x.test", "2025-02-01", stage="post_order"),
        response("3", "7", "2025-03-01", stage="relational"),
        response("4", "a@x.test", "2025-03-01", stage="relational", survey="another"),
        response("5", "b@x.test", "2025-04-01", stage="relational"),
        response("6", "a@x.test", "2025-05-01", stage="post_order"),
        response("7", None, "2025-06-01", stage="relational"),
        response("8", None, "2025-07-01", stage="relational"),
        customer(("a@x.test", "7")),
    )
    assert made.rows("core.responses", "response_id, next_response_at") == [
        ("1", at("2025-03-01")),
        ("2", at("2025-05-01")),
        ("3", at("2025-03-01")),  # a tie: by id
        ("4", None),
        ("5", None),
        ("6", None),
        ("7", None),
        ("8", None),
    ]
