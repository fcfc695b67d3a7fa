"""Every audience's definition, one test each, on customers made by hand; and what holds for all of them."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from loop.people import INSTANT, at, day, noon

from pipelines.loop.audience_changes import audience_changes
from pipelines.loop.audience_sizes import audience_sizes
from pipelines.loop.audiences import FRAMES, audiences
from pipelines.loop.definitions import AUDIENCES
from pipelines.periods import Span, Window, next_month
from pipelines.settings import Settings
from pipelines.warehouse.sql_files import statements

CLOCK = "2025-06-15"
SCHEMAS = {
    "responses": {"response_id": pl.UInt64, "customer": pl.UInt64, "response_date": pl.Date, "responded_at": INSTANT}
    | {"score": pl.Int8, "category": pl.String, "draw": pl.Float64},
    "response_topics": {"response_id": pl.UInt64, "topic": pl.String},
    "follow_ups": {"response_id": pl.UInt64, "contacted_at": INSTANT},
    "reviews_given": {"customer": pl.UInt64, "given_at": INSTANT},
    "referrals": {"customer": pl.UInt64, "referred_at": INSTANT},
    "invitations": {"customer": pl.UInt64, "day": pl.Date, "is_delivered": pl.Boolean, "is_bounced": pl.Boolean},
    "customers": {"customer": pl.UInt64, "customer_id": pl.String, "has_email": pl.Boolean},
    "consents": {"customer": pl.UInt64, "consent": pl.Boolean, "consent_at": INSTANT, "unsubscribed_at": INSTANT},
    "customer_values": {"month": pl.Date, "customer": pl.UInt64, "orders": pl.Int64, "revenue": pl.Decimal(18, 2)}
    | {"lifetime_value": pl.Float64, "order_probability_365d": pl.Float64, "next_order_days": pl.Int32},
}
assert tuple(SCHEMAS) == FRAMES


class Shop:
    """Customers by number; answers have the number of their customer, and 100 more for each further answer."""

    def __init__(self, **values):
        self.rows = {name: [] for name in FRAMES}
        self.values = values

    def customer(self, *numbers, has_email=True):
        self.rows["customers"] += [(number, f"c{number}", has_email) for number in numbers]
        return self

    def answer(self, who, when, score, *, number=None, draw=0.99, topics=()):
        category = "promoter" if score >= 9 else "passive" if score >= 7 else "detractor"
        number = number or who
        self.rows["responses"].append((number, who, day(when), noon(day(when)), score, category, draw))
        self.rows["response_topics"] += [(number, topic) for topic in topics or ("none",)]
        return self

    def worth(self, who, *, orders=1, revenue=10, value=10.0, probability=0.9, due=None, month="2025-06-01"):
        self.rows["customer_values"].append((day(month), who, orders, revenue, value, probability, due))
        return self

    def did(self, name, who, when):
        self.rows[name].append((who, noon(day(when))))
        return self

    def compute(self, figure, clock=CLOCK, month="2025-06-01"):
        frames = [pl.DataFrame(self.rows[name], schema, orient="row").lazy() for name, schema in SCHEMAS.items()]
        span = Span(Window(day(month), next_month(day(month))), at(clock))
        if figure is audience_changes:
            numbers = frames[FRAMES.index("customers")].select("customer", "customer_id")
            listed = self.compute(audiences, clock, month).lazy().join(numbers, on="customer_id")
            frames.append(listed.select("month", "audience", "customer"))
        if figure is audience_sizes:
            frames = [self.compute(made, clock, month).lazy() for made in (audiences, audience_changes)]
        return figure(*frames, span=span, settings=Settings(**self.values))

    def members(self, audience, **span):
        """customer_id and reason."""
        rows = self.compute(audiences, **span).filter(pl.col("audience") == audience).sort("customer_id")
        return rows.select("customer_id", "reason").rows()

    def names(self, audience, **span):
        return [name for name, _ in self.members(audience, **span)]


def test_promoters_to_ask_for_a_review():
    shop = Shop().customer(1, 2, 3, 4, 5).answer(1, "2025-06-01", 9).answer(2, "2025-06-01", 10)
    shop.did("reviews_given", 2, "2024-01-01").answer(3, "2025-06-01", 8).answer(4, "2024-12-17", 9)
    # 180 days ago is too long; whose latest answer is no promoter's does not count.
    shop.answer(5, "2025-05-01", 9).answer(5, "2025-06-01", 3, number=105).answer(4, "2024-12-16", 9, number=104)
    assert shop.members("promoters_review") == [("c1", "score 9 on 2025-06-01")]
    assert shop.names("promoters_review", clock="2025-06-14") == ["c1", "c4"]


def test_promoters_to_ask_for_a_referral():
    shop = Shop().customer(1, 2, 3, 4).answer(1, "2024-10-01", 9).answer(2, "2025-05-01", 9).answer(3, "2025-05-01", 9)
    shop.did("follow_ups", 2, "2025-05-03").did("referrals", 3, "2025-03-18").answer(4, "2025-05-01", 9)
    shop.did("referrals", 4, "2025-03-17")
    assert shop.names("promoters_referral") == ["c1", "c4"]


def test_promoters_to_thank():
    shop = Shop().customer(1, 2, 3, 4, 5)
    for who, when in ((1, "2025-05-26"), (2, "2025-05-25"), (3, "2025-05-11"), (4, "2025-05-10")):
        shop.answer(who, when, 10)
    assert shop.answer(5, "2025-05-20", 7).names("promoters_thank") == ["c2", "c3"]


def test_promoters_as_seed_of_a_lookalike_audience():
    shop = Shop().customer(1, 2, 3).answer(1, "2025-01-01", 9).worth(1).answer(2, "2025-01-01", 9)
    assert shop.answer(3, "2024-06-01", 9).worth(3).names("promoters_lookalike") == ["c1"]


def test_promoters_at_risk_of_churn():
    shop = Shop().customer(1, 2, 3, 4)
    for who, orders, probability in ((1, 2, 0.44), (2, 2, 0.5), (3, 1, 0.1)):
        shop.answer(who, "2024-07-01", 9).worth(who, orders=orders, probability=probability)
    shop.answer(4, "2024-07-01", 8).worth(4, orders=5, probability=0.1)
    assert shop.members("promoters_at_risk") == [("c1", "buys again within a year with 44 % probability")]


def test_passives_to_win_with_their_topics():
    shop = Shop().customer(1, 2, 3).answer(1, "2025-06-01", 7, topics=("price", "delivery")).answer(2, "2025-06-01", 8)
    shop.answer(3, "2025-03-17", 8)
    assert shop.members("passives_win") == [("c1", "topics: delivery, price"), ("c2", "no topic")]


def test_large_spenders_who_are_passive():
    shop = Shop().customer(*range(1, 11))
    for who in range(1, 11):
        shop.worth(who, revenue=who * 10).answer(who, "2024-07-01", 7 if who != 9 else 9)
    assert shop.names("passives_large_spenders") == ["c10"]


def test_high_value_detractors_to_call():
    shop = Shop().customer(*range(1, 11))
    for who in range(1, 11):
        shop.worth(who, value=who * 10.0)
    for who, when in ((8, "2025-05-20"), (9, "2025-05-20"), (10, "2025-05-16"), (1, "2025-05-20")):
        shop.answer(who, when, 3, topics=("delivery",))
    assert shop.members("detractors_call") == [("c9", "score 3 on 2025-05-20; topics: delivery")]
    assert shop.did("follow_ups", 9, "2025-05-22").names("detractors_call") == []


def test_detractors_to_leave_out_of_campaigns():
    shop = Shop().customer(1, 2, 3, has_email=False).answer(1, "2025-01-01", 6).answer(2, "2024-12-01", 0)
    shop.answer(3, "2025-01-01", 6).answer(3, "2025-06-01", 7, number=103)
    assert shop.members("detractors_leave_out") == [("c1", "score 6 on 2025-01-01")]


def test_buyers_due_for_their_next_order():
    shop = Shop().customer(1, 2, 3, 4).worth(1, due=14).worth(2, due=15).worth(3).worth(4, due=3)
    assert shop.answer(4, "2025-06-01", 2).members("due_next_order") == [
        ("c1", "next order within 14 days as likely as not")
    ]


def everywhere(shop):
    """One customer who belongs to every audience in turn, by the name of the audience."""
    found = {}
    for score, extra in ((10, {}), (7, {}), (2, {})):
        made = shop().answer(1, "2025-05-22", score, **extra)
        found |= dict.fromkeys(made.compute(audiences)["audience"], score)
    return found


def lonely(*, draw=0.99, topics=(), has_email=True, **values):
    """A shop with one customer, to whom everything applies."""

    class Lonely(Shop):
        def answer(self, *given, **named):
            return super().answer(*given, draw=draw, topics=topics, **named)

    def shop():
        made = Lonely(**values).customer(1, has_email=has_email)
        # Others are worth less.
        for who in range(2, 11):
            made.worth(who, revenue=1, value=1.0)
        return made.worth(1, orders=2, probability=0.2, due=1)

    return shop


ALL = {audience.name for audience in AUDIENCES}
NOT_BECAUSE_OF_THE_ANSWER = {"promoters_lookalike", "detractors_leave_out", "due_next_order"}


def test_the_customer_to_whom_everything_applies_is_in_every_audience():
    assert set(everywhere(lonely())) == ALL


def test_held_out_answers_are_in_no_audience_that_makes_contact_because_of_them():
    assert {audience.name for audience in AUDIENCES if not audience.because_of_answer} == NOT_BECAUSE_OF_THE_ANSWER
    share = {"follow_up_holdout": "2025-05-01:0.1"}
    assert set(everywhere(lonely(draw=0.05, **share))) == NOT_BECAUSE_OF_THE_ANSWER
    # In force at the answer, never held out where harm is reported, and not drawn.
    for values in ({"draw": 0.05, "follow_up_holdout": "2025-06-01:0.1"}, {"draw": 0.05, "topics": ("harm",), **share}):
        assert set(everywhere(lonely(**values))) == ALL
    assert set(everywhere(lonely(draw=0.1, **share))) == ALL


def test_whom_one_may_not_write_to_is_only_called_or_left_out():
    """Without an address, refused, unsubscribed, bounced."""
    spoken = {"detractors_call", "detractors_leave_out"}
    assert set(everywhere(lonely(has_email=False))) == spoken

    def after(change):
        def shop():
            made = lonely()()
            change(made.rows)
            return made

        return shop

    changes = [
        lambda rows: rows["consents"].append((1, False, None, None)),
        lambda rows: rows["consents"].append((1, None, None, noon(day("2025-01-02")))),
        lambda rows: rows["invitations"].append((1, day("2025-05-25"), None, True)),
    ]
    for change in changes:
        assert set(everywhere(after(change))) == spoken
    allowed = lambda rows: rows["consents"].append((1, False, noon(day("2025-06-16")), None))  # noqa: E731
    assert set(everywhere(after(allowed))) == ALL


def sizes(shop, audience, **span):
    rows = shop.compute(audience_sizes, **span).filter(pl.col("audience") == audience)
    return rows.select("customers", "entered", "departed").row(0)


def test_who_came_and_who_left_since_the_day_before():
    shop = Shop().customer(1, 2, 3).answer(1, "2025-06-14", 10).answer(2, "2025-06-15", 10).answer(3, "2025-06-01", 9)
    shop.answer(3, "2025-06-15", 2, number=103)
    moved = shop.compute(audience_changes).sort("audience", "customer_id").select("audience", "customer_id", "change")
    assert moved.rows() == [
        ("detractors_leave_out", "c3", "entered"),
        ("promoters_referral", "c2", "entered"),
        ("promoters_referral", "c3", "left"),
        ("promoters_review", "c2", "entered"),
        ("promoters_review", "c3", "left"),
    ]
    assert sizes(shop, "promoters_review") == (2, 1, 1)
    assert sizes(shop, "detractors_leave_out") == (1, 1, 0)
    assert sizes(shop, "promoters_thank") == (0, 0, 0)


def test_a_closed_month_ends_with_its_last_day_and_knows_nothing_later():
    shop = Shop().customer(1, 2).answer(1, "2025-05-31", 9).answer(2, "2025-05-02", 9).worth(1, month="2025-05-01")
    before = shop.compute(audiences, month="2025-05-01")
    shop.answer(1, "2025-06-01", 3, number=101).did("reviews_given", 2, "2025-06-01").did("follow_ups", 2, "2025-06-01")
    assert shop.compute(audiences, month="2025-05-01").rows() == before.rows()
    assert before["month"].unique().to_list() == [date(2025, 5, 1)]
    assert sizes(shop, "promoters_review", month="2025-05-01") == (2, 1, 0)


@pytest.mark.parametrize("audience", sorted(ALL))
def test_every_audience_is_explained_to_readers(audience):
    [comment] = [line for line in statements("schema/loop.sql").split(";\n") if "loop.audiences.audience IS" in line]
    assert f"{audience} (" in comment
