"""Repeated answers: which one counts, and that the others count nowhere and are listed in ops.superseded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from random import Random

import pytest
from copied_files import put_empty_files
from core.vault import Vault, at, file, order, response, settings_for, snapshot, who

from pipelines.core.conform import conform
from pipelines.warehouse.connection import opened

START = at("2025-03-31 23:55")


def click(name, minutes, score=9, person="a@x.test", **values):
    return response(name, person, START + timedelta(minutes=minutes), score, **values)


def standing(shop):
    return [name for (name,) in shop.rows("core.responses", "response_id")]


def aside(shop):
    return shop.rows("ops.superseded", "response_id, superseded_by, reason")


# Clicks, which of them stand, and which are superseded by which.
SEVERAL = [
    # The same score, then with a comment: two ids, minutes apart.
    (
        [click("1", 0), click("2", 3, comment="Great")],
        ["2"],
        [("1", "2", "score_then_comment")],
    ),
    # The comment came first: it is not lost.
    (
        [click("1", 0, comment="Great"), click("2", 3)],
        ["1"],
        [("2", "1", "score_then_comment")],
    ),
    # A different score is a new answer: the last one counts, though it has no comment.
    (
        [click("1", 0, 3, comment="Oh no, I meant"), click("2", 4, 9)],
        ["2"],
        [("1", "2", "double_click")],
    ),
    ([click("1", 0), click("2", 0)], ["2"], [("1", "2", "double_click")]),
    ([click("1", 0), click("2", 10)], ["2"], [("1", "2", "double_click")]),
    ([click("1", 0), click("2", 10.01)], ["1", "2"], []),
    # A chain is one answer, though its ends are 16 minutes apart.
    (
        [click("1", 0), click("2", 8), click("3", 16)],
        ["3"],
        [("1", "3", "double_click"), ("2", "3", "double_click")],
    ),
    (
        [click("1", 0, 9), click("2", 8, 9, comment="Great"), click("3", 16, 9)],
        ["2"],
        [("1", "2", "score_then_comment"), ("3", "2", "score_then_comment")],
    ),
    # A different person, survey or order is a different answer.
    ([click("1", 0), click("2", 1, person="b@x.test")], ["1", "2"], []),
    ([click("1", 0, survey="a"), click("2", 1, survey="b")], ["1", "2"], []),
    ([click("1", 0, survey="A "), click("2", 1, survey="a")], ["2"], [("1", "2", "double_click")]),
    ([click("1", 0, order_id="1"), click("2", 1, order_id="2")], ["1", "2"], []),
    ([click("1", 0, stage="relational"), click("2", 1, stage="prospect")], ["1", "2"], []),
    # Anonymous answers are never put together.
    ([click("1", 0, person=None), click("2", 1, person=None)], ["1", "2"], []),
]


def of_case(number, record):
    """The record with a person and an id of that case alone."""
    mine = {
        name: f"{number:02}-{record.values[name]}"
        for name in ("response_id", "customer_email")
        if name in record.values
    }
    return replace(record, values={**record.values, **mine})


def test_which_of_repeated_answers_counts(shop):
    """All cases in one shop: they are of different people."""
    made = shop(*(of_case(number, one) for number, (clicks, _, _) in enumerate(SEVERAL) for one in clicks))
    stands, superseded = standing(made), aside(made)
    for number, (_, *expected) in enumerate(SEVERAL):
        case = f"{number:02}-"
        assert [name.removeprefix(case) for name in stands if name.startswith(case)] == expected[0], number
        assert [
            (name.removeprefix(case), by.removeprefix(case), reason)
            for name, by, reason in superseded
            if name.startswith(case)
        ] == expected[1], number
    assert made.rows("vault.raw.responses", "count(*)") == [(sum(len(clicks) for clicks, _, _ in SEVERAL),)]


def test_two_sources_are_two_surveys(shop):
    made = shop(file(click("1", 0), source="retently"), file(click("2", 1), source="wootric"))
    assert standing(made) == ["retently:1", "wootric:2"]


def test_the_next_answer_is_one_that_counts(shop):
    later = START + timedelta(days=30)
    made = shop(click("1", 0), click("2", 5), response("3", "a@x.test", later, 2), response("4", "a@x.test", later, 2))
    assert made.rows("core.responses", "response_id, next_response_at") == [("2", later), ("4", None)]
    assert made.row("core.customers", who("a@x.test"))["first_seen_at"] == START + timedelta(minutes=5)


def test_a_late_first_click_joins_two_answers_and_stales_their_month(shop):
    made = shop(click("1", 0), click("3", 16))
    assert standing(made) == ["1", "3"]
    made.add(click("2", 8))
    assert standing(made) == ["3"]
    assert aside(made) == [("1", "3", "double_click"), ("2", "3", "double_click")]
    # Answer 1 of March went: March is stale, not only April, in which the late one was given.
    assert ("core.responses", None, date(2025, 3, 1), 1) in made.changes()


def test_a_link_learnt_later_makes_two_people_s_clicks_one(shop):
    made = shop(click("1", 0, person="a@x.test"), click("2", 5, person="7"))
    assert standing(made) == ["1", "2"]
    made.add(order("1", ("a@x.test", "7"), "2025-01-01"))
    assert (standing(made), aside(made)) == (["2"], [("1", "2", "double_click")])


@pytest.mark.slow
def test_an_edited_answer_leaves_and_joins_its_neighbour(shop):
    made = shop(click("1", 0), click("2", 5))
    made.add(click("2", 5, person="b@x.test", updated_at="2025-05-01"))
    assert (standing(made), aside(made)) == (["1", "2"], [])
    made.add(click("2", 5, updated_at="2025-06-01"))
    assert (standing(made), aside(made)) == (["2"], [("1", "2", "double_click")])


def brute(clicks):
    """The answers that count, decided one by one."""
    stands = set()
    for _, several in groupby(sorted(clicks, key=lambda c: c[0]), key=lambda c: c[0]):
        run = []
        for one in [*sorted(several, key=lambda c: (c[1], c[2])), None]:
            if run and (one is None or one[1] - run[-1][1] > 10):
                score = run[-1][3]
                same = [c for c in run if c[3] == score]
                stands.add(max(same, key=lambda c: (c[4] is not None, c[1], c[2]))[2])
                run = []
            run.append(one)
    return stands


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_the_answers_that_count_are_the_same_in_any_order_of_loads(tmp_path, seed):
    rng = Random(seed)
    clicks = [
        (rng.choice("ab"), rng.randint(0, 60), f"{number:02}", rng.choice([3, 9]), rng.choice([None, "why"]))
        for number in range(14)
    ]
    records = [click(name, m, score, f"{p}@x.test", comment=text) for p, m, name, score, text in clicks]
    snapshots = []
    for turn in range(3):
        settings = settings_for(tmp_path / str(turn))
        rng.shuffle(records)
        put_empty_files(settings)
        with opened(settings) as connection:
            vault = Vault(connection)
            step = (14, 3, 1)[turn]
            for start in range(0, 14, step):
                vault.load(*(file(one) for one in records[start : start + step]))
                conform(connection, settings)
            snapshots.append(snapshot(connection))
            rows = connection.sql("SELECT response_id FROM core.responses").fetchall()
            assert {name for (name,) in rows} == brute(clicks)
    assert snapshots[0] == snapshots[1] == snapshots[2]
