"""loop.survey_plan: every occasion and every rule on people made by hand, and no broken rule in random histories."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from loop.people import NAMES, People, at, day

from pipelines.loop.candidates import OCCASIONS
from pipelines.loop.contact_rules import RELATIONAL, RULES, TRANSACTIONAL
from pipelines.warehouse.sql_files import statements

CLOCK = "2025-06-15"
QUIET = {reason: occasion.quiet for reason, occasion in OCCASIONS.items()} | {"top_up": RELATIONAL}


def test_two_days_after_a_delivery():
    people = People().order("c1", "2025-06-01", "2025-06-04").order("c2", "2025-06-01", "2025-06-25", cancelled=True)
    assert people.plan("2025-06-01", CLOCK) == [("c1", "after_delivery", "06-06", None)]


def test_within_the_week_after_a_delivery_as_soon_as_the_interval_allows_it():
    """Asked on 9 March: 90 days later is 7 June. On 13 March: 11 June, the last of the days. A day later: never."""
    people = People()
    for name, asked in (("c1", "2025-03-09"), ("c2", "2025-03-13"), ("c3", "2025-03-14")):
        people.order(name, "2025-06-01", "2025-06-04").invite(name, asked)
    assert people.plan("2025-06-01", CLOCK) == [
        ("c1", "after_delivery", "06-07", None),
        ("c2", "after_delivery", "06-11", None),
        ("c3", "after_delivery", "06-06", "asked_90_days"),
    ]


def test_an_answer_without_an_invitation_is_a_contact_too():
    people = People().order("c1", "2025-06-01", "2025-06-04").answer("c1", "2025-03-09")
    assert ("c1", "after_delivery", "06-07", None) in people.plan("2025-06-01", CLOCK)


def test_an_order_whose_delivery_is_unknown_is_asked_about_when_it_should_have_come():
    people = (
        People()
        .order("c1", "2025-06-01")
        .order("c2", "2025-06-01", "2025-06-12")
        .order("c3", "2025-06-01", "2025-06-10")
    )
    assert people.plan("2025-06-01", CLOCK) == [
        ("c1", "after_order", "06-11", None),
        ("c2", "after_order", "06-11", None),
        # Delivered after it was asked about, so it is not asked about again.
        ("c2", "after_delivery", "06-14", "planned"),
        ("c3", "after_delivery", "06-12", None),
    ]


def test_half_and_three_quarters_of_a_year_after_the_last_order():
    people = (
        People().order("c1", "2024-12-05").order("c2", "2024-09-05").order("c3", "2024-12-05").order("c3", "2025-05-30")
    )
    assert people.plan("2025-06-01", CLOCK) == [
        ("c1", "six_months", "06-06", None),
        ("c2", "nine_months", "06-06", None),
        ("c3", "after_order", "06-09", None),
    ]


def test_an_order_between_ends_the_occasion_from_the_day_it_is_known():
    """Of the due day itself it is not known when that begins, unless that is today or to come."""
    due = "2025-06-06"
    for ordered, expected in (("2025-06-05", []), (due, [("c1", "six_months", "06-06", None)])):
        people = People().order("c1", "2024-12-05").order("c1", ordered, ordered)
        assert [row for row in people.plan("2025-06-01", CLOCK) if row[1] == "six_months"] == expected
    assert [row for row in people.plan("2025-06-01", due) if row[1] == "six_months"] == []


def test_again_ninety_days_after_an_answer_and_only_once():
    people = People().answer("c1", "2025-03-10").answer("c2", "2024-12-10").answer("c2", "2025-03-10")
    assert people.plan("2025-06-01", CLOCK) == [("c1", "again", "06-08", None)]


def test_lapsed_customers_and_people_who_never_bought_are_asked_only_with_their_consent():
    people = People().order("c1", "2024-06-05").order("c2", "2024-06-05").consent("c2").consent("c4").consent("c5")
    people.registered = {name: date(2025, 6, 1) for name in ("c3", "c4", "c5")}
    people.order("c5", "2025-06-10", "2025-06-14")
    assert people.plan("2025-06-01", CLOCK) == [
        ("c1", "lapsed", "06-06", "no_consent"),
        ("c2", "lapsed", "06-06", None),
        ("c3", "never_bought", "06-15", "no_consent"),
        ("c4", "never_bought", "06-15", None),
        ("c5", "after_delivery", "06-16", None),
    ]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda people: people.without_address.add("c1"), "no_address"),
        (lambda people: people.consent("c1", given=False), "refused"),
        (lambda people: people.consent("c1", given=False, since="2025-06-05"), "refused"),
        # Not yet refused when the day began.
        (lambda people: people.consent("c1", given=False, since="2025-06-06"), None),
        (lambda people: people.invite("c1", "2024-01-01", unsubscribed="2025-06-05"), "unsubscribed"),
        (lambda people: people.invite("c1", "2024-01-01", unsubscribed="2025-06-06"), None),
        (lambda people: people.invite("c1", "2025-01-01", delivered=False, bounced=True), "bounced"),
        (
            lambda people: people.invite("c1", "2025-01-01", bounced=True).invite("c1", "2025-02-01", delivered=True),
            None,
        ),
        (lambda people: people.invite("c1", "2025-01-01", bounced=True).answer("c1", "2025-02-01"), None),
        (lambda people: people.invite("c1", "2025-04-01", unsubscribed="2025-04-01"), "unsubscribed"),
        (lambda people: people.invite("c1", "2025-04-01"), "asked_90_days"),
        # The survey itself, sent on its day.
        (lambda people: people.invite("c1", "2025-06-06").answer("c1", "2025-06-07"), None),
    ],
)
def test_the_first_rule_that_forbids_it_is_named(change, rule):
    people = People().order("c1", "2025-06-01", "2025-06-04")
    change(people)
    assert people.plan("2025-06-01", CLOCK) == [("c1", "after_delivery", "06-06", rule)]


def test_of_today_all_that_has_happened_counts_so_that_nobody_is_asked_twice():
    people = People().order("c1", "2025-06-01", "2025-06-04").invite("c1", "2025-06-06")
    assert people.plan("2025-06-01", "2025-06-06") == [("c1", "after_delivery", "06-06", "asked_90_days")]
    assert people.plan("2025-06-01", "2025-06-07") == [("c1", "after_delivery", "06-06", None)]


def test_surveys_about_the_relationship_wait_twice_as_long():
    people = People().order("c1", "2024-12-05", "2024-12-08").invite("c1", "2024-12-10")
    people.order("c2", "2024-12-05", "2024-12-08").invite("c2", "2025-02-01")
    assert people.plan("2025-06-01", CLOCK) == [
        ("c1", "six_months", "06-08", None),
        ("c2", "six_months", "06-06", "asked_180_days"),
    ]


def test_a_customer_is_asked_once_a_month_and_the_other_occasions_say_so():
    people = (
        People()
        .order("c1", "2025-06-01", "2025-06-04")
        .answer("c1", "2025-03-07")
        .order("c1", "2025-06-10", "2025-06-14")
    )
    assert people.plan("2025-06-01", CLOCK) == [
        ("c1", "again", "06-05", None),
        ("c1", "after_delivery", "06-06", "planned"),
    ]


def test_the_plan_of_the_last_week_of_the_month_before_counts_although_no_invitation_is_on_record_yet():
    people = People().order("c1", "2025-05-20", "2025-05-24").order("c1", "2025-05-30", "2025-06-01")
    people.order("c2", "2025-05-10", "2025-05-14").order("c2", "2025-05-30", "2025-06-01")
    assert people.plan("2025-06-01", CLOCK) == [
        ("c1", "after_delivery", "06-03", "planned"),
        ("c2", "after_delivery", "06-03", None),
    ]


def test_a_thin_segment_is_topped_up_by_its_latest_buyers_on_a_day_of_their_own():
    people = People().need("2025-05-01", "FR", 2).need("2025-04-01", "DE", 9)
    for name, ordered, country in (
        ("c1", "2025-02-01", "FR"),
        ("c2", "2025-03-01", "FR"),
        ("c3", "2025-01-01", "FR"),
        ("c4", "2025-03-01", "DE"),
    ):
        people.order(name, ordered, ordered, country=country)
    people.order("c5", "2025-03-02", "2025-03-02", country="FR").invite("c5", "2025-03-05")
    plan = people.plan("2025-06-01", CLOCK)
    # Pseudonyms are numbers of base 16; the day is their remainder by the days of the month.
    assert plan == [
        ("c1", "top_up", f"06-{int('c1', 16) % 30 + 1:02}", None),
        ("c2", "top_up", f"06-{int('c2', 16) % 30 + 1:02}", None),
    ]


def test_a_closed_month_depends_on_nothing_later():
    people = People().order("c1", "2025-05-20", "2025-05-24").order("c2", "2024-11-05").need("2025-04-01", "DE", 5)
    before = people.plan("2025-05-01", "2025-06-01")
    people.order("c2", "2025-06-01").invite("c1", "2025-06-01", unsubscribed="2025-06-01", bounced=True).answer(
        "c3", "2025-06-02"
    )
    people.need("2025-05-01", "DE", 9)
    assert people.plan("2025-05-01", CLOCK) == before
    assert before == [("c1", "after_delivery", "05-26", None), ("c2", "six_months", "05-07", None)]


def test_the_rules_and_reasons_are_those_of_the_schema():
    schema = statements("schema/loop.sql")
    for names in (RULES, QUIET):
        assert ", ".join(f"'{name}'" for name in names) in schema


DAYS = st.integers(0, 560).map(lambda number: f"{date(2024, 2, 1) + timedelta(days=number)}")
NAMED = st.sampled_from(NAMES[:3])
FEW = {"max_size": 9}
MAYBE = st.sampled_from([None, True, False])


@st.composite
def histories(draw):
    people = People()
    for name, ordered, delay in draw(st.lists(st.tuples(NAMED, DAYS, st.sampled_from([None, 0, 3, 9, 40])), **FEW)):
        delivered = None if delay is None else f"{day(ordered) + timedelta(days=delay)}"
        people.order(name, ordered, delivered)
    for name, when in draw(st.lists(st.tuples(NAMED, DAYS), max_size=4)):
        people.answer(name, when)
    for name, when, delivered, bounced, left in draw(
        st.lists(st.tuples(NAMED, DAYS, MAYBE, MAYBE, st.sampled_from([None, None, None, 0, 20])), max_size=5)
    ):
        unsubscribed = None if left is None else f"{day(when) + timedelta(days=left)}"
        people.invite(name, when, delivered=delivered, bounced=bounced, unsubscribed=unsubscribed)
    for name in draw(st.sets(NAMED)):
        people.consent(name, given=draw(st.booleans()), since=draw(st.one_of(st.none(), DAYS)))
    people.without_address = draw(st.sets(NAMED, max_size=1))
    people.registered = {name: day(draw(DAYS)) for name in draw(st.sets(NAMED))}
    return people.need("2025-05-01", "DE", 2).need("2025-04-01", "DE", 2)


def broken(people, name, reason, due, today):
    """Why the rules forbid to ask somebody on a day, by a plain reading of the history."""
    number = NAMES.index(name)

    def known(event):
        return event is not None and event <= today and (event < due or due >= today)

    contacts = [when for who, when, *_ in people.invitations + people.responses if who == number and known(when)]
    if name in people.without_address:
        yield "no_address"
    said = {who: given for who, given, since in people.consents if since is None or known(since.date())}
    if said.get(name) is False:
        yield "refused"
    if said.get(name) is None and reason in {"lapsed", "never_bought"}:
        yield "no_consent"
    if any(who == number and left and known(left.date()) for who, *_, left in people.invitations):
        yield "unsubscribed"
    bounced = [when for who, when, _, bad, _ in people.invitations if who == number and bad and known(when)]
    fine = [
        when for who, when, good, bad, _ in people.invitations if who == number and good and not bad and known(when)
    ] + [when for who, when in people.responses if who == number and known(when)]
    if bounced and max(bounced) > max(fine, default=date.min):
        yield "bounced"
    if any((due - when).days < QUIET[reason] for when in contacts):
        yield "asked"


@pytest.mark.slow
@settings(deadline=None, max_examples=120)
@given(histories(), st.sampled_from(["2025-06-01", "2025-06-15", "2025-06-30", "2025-07-20"]))
def test_nobody_in_the_plan_breaks_a_contact_rule(people, clock):
    asked = {}
    for month in ("2025-05-01", "2025-06-01"):
        for name, reason, due, rule in people.plan(month, clock):
            assert due[:2] == month[5:7]
            if rule is None:
                when = date.fromisoformat(f"2025-{due}")
                assert list(broken(people, name, reason, when, at(clock).today)) == []
                asked.setdefault((name, month), []).append(when)
    assert all(len(of_month) == 1 for of_month in asked.values())
    assert TRANSACTIONAL > 62
