"""What a file is taken for, and what it is not taken for."""

from __future__ import annotations

import pytest
from cases.small_shop import ANSWERS, DOUBTS, FILES, Night, csv
from shared_files import case


@pytest.mark.parametrize("name", ["survey_with_customer_email", "orders_with_customer_email"])
def test_an_address_alone_makes_no_customers(tmp_path, name):
    [listed, people] = Night(tmp_path).land(*case(name)).landed(FILES, "SELECT count(*) FROM vault.raw.customers")
    assert [row[2] for row in listed] == ["unrecognised"]
    assert people == [(0,)]


def test_what_looks_like_answers_orders_or_money_is_never_customers(tmp_path):
    headers = [
        "customer_email,score,submitted",
        "customer_id,rating,country",
        "customer_email,order_total,country",
        "customer_email,customer_id,betrag",
        "customer_email,tier,total_spent",
        "customer_email,foo,bar",
        "customer_email,How likely are you to recommend us?,country",
    ]
    night = Night(tmp_path)
    for number, header in enumerate(headers):
        night.land((f"{number}.csv", csv(header, ["ann@example.org", "9", "DE"])))
    [listed] = night.landed(FILES)
    assert [row[2] for row in listed] == ["unrecognised"] * len(headers)


def test_a_list_of_customers_is_one(tmp_path):
    headers = ["customer_email", "customer_email,country", "customer_id,tier,shoe size", "customer_email,customer_id,x"]
    night = Night(tmp_path)
    for number, header in enumerate(headers):
        cells = ["ann@example.org", "DE", "9"][: header.count(",") + 1]
        night.land((f"{number}.csv", csv(header, cells)))
    [listed] = night.landed(FILES)
    assert [row[1:4] for row in listed] == [("canonical", "loaded", 1)] * len(headers)


def test_a_form_leaves_to_others_what_it_cannot_read(tmp_path):
    question = "How likely are you to recommend us to a friend?"
    columns = ["Response ID", "Finished", "Survey type", "Metric", "Status"]
    night = Night(tmp_path)
    for column in columns:
        night.land((f"{column}.csv", csv(f"Timestamp,{column},{question}", ["2025-01-01 10:00", "x", "9"])))
    [listed] = night.landed(FILES)
    assert [row[2] for row in listed] == ["unrecognised"] * len(columns)


def test_a_form_needs_a_first_column_of_times(tmp_path):
    question = "How likely are you to recommend us to a friend?"
    night = Night(tmp_path).land(("a.csv", csv(f"Who,When,{question}", ["Ann", "2025-01-01 10:00", "9"])))
    assert night.landed(FILES)[0][0][2] == "unrecognised"


@pytest.mark.parametrize(("chosen", "score"), [(None, -50.0), ("Q24", 50.0), ("our shop", 50.0)])
def test_a_second_recommendation_question_is_told_and_can_be_chosen(tmp_path, chosen, score):
    night = Night(tmp_path, question=chosen).land(*case("qualtrics_two_nps_questions"))
    [answers, doubts, listed] = night.rows(ANSWERS, DOUBTS, "SELECT reason FROM ops.files")
    other = "app to a colleague" if chosen else "shop to a friend"
    question = f"How likely are you to recommend our {other}?"
    assert answers == [(4, score)]
    assert doubts == [("second_question", "responses", question, 4, "qualtrics:R_0")]
    assert listed == [(f"second_question: {question}",)]


def test_a_second_question_of_a_form_is_told(tmp_path):
    first, second = "How likely are you to recommend our shop?", "How likely are you to recommend our app?"
    rows = [["2025-01-13 10:00", "9", "2"], ["2025-01-14 10:00", "10", ""]]
    night = Night(tmp_path).land(("a.csv", csv(f"Timestamp,{first},{second}", *rows)))
    [answers, doubts] = night.rows(ANSWERS, DOUBTS)
    assert answers == [(2, 100.0)]
    assert [row[:4] for row in doubts] == [("second_question", "responses", second, 1)]
    [answers] = night.with_settings(question="our app").landed(ANSWERS)
    assert answers == [(1, -100.0)]
