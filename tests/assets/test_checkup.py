"""`northstar check`: what files would load together, every reason to doubt it, exit codes. The people are invented."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from assets.cli import main
from pipelines.raw.allowed import OF_REASON
from pipelines.raw.trial import MEANT

ORDERS = (
    "order_id,ordered_at,total,currency,customer_email,status,refunded\n"
    "A1,2025-01-05 10:00,100.00,EUR,ada.lorne@shop.example,paid,\n"
    "A2,2025-01-06 10:00,50.00,EUR,alan.tor@shop.example,paid,10.00\n"
    "A3,2025-02-06 10:00,70.00,EUR,alan.tor@shop.example,cancelled,\n"
)
ANSWERS = (
    "response_id,responded_at,score,customer_email\n"
    "r1,2025-02-01 10:00,10,ada.lorne@shop.example\n"
    "r2,2025-02-02 10:00,3,alan.tor@shop.example\n"
    "r3,2025-02-03 10:00,9,\n"
)
Check = Callable[..., Result]


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """Run the command on texts, by file name."""

    def run(texts: dict[str, str], **environment: str) -> Result:
        paths = []
        for name, text in texts.items():
            path = tmp_path / "files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
            paths.append(str(path))
        home = {"NORTHSTAR_HOME": str(tmp_path / "home"), "NORTHSTAR_SALT": "a salt for the tests"}
        return CliRunner().invoke(main, ["check", *paths], env={**home, **environment})

    return run


def test_files_are_loaded_together_and_nothing_gives_reason_to_doubt(check: Check, tmp_path: Path) -> None:
    done = check({"orders.csv": ORDERS, "answers.csv": ANSWERS})
    assert done.exit_code == 0, done.output
    assert done.output == (
        "orders.csv: loaded as canonical (orders), 3 rows: 3 accepted, 0 refused, 2025-01-05 to 2025-02-06\n"
        "answers.csv: loaded as canonical (responses), 3 rows: 3 accepted, 0 refused, 2025-02-01 to 2025-02-03\n"
        "\n"
        "people    2: 2 with orders, 2 with answers, 2 with both\n"
        "          1 of 3 answers name nobody\n"
        "orders    3, of which 1 do not count (cancelled, not paid, refunded in full, or without a rate)\n"
        "days      2025-01-05 to 2025-02-06\n"
        "score     NPS 33.3 of 3 answers   (95% interval -51.3 to 84.7)\n"
        "\n"
        "month      orders         net EUR      refunded  answers     NPS\n"
        "2025-01         2          140.00         10.00        0       -\n"
        "2025-02         0            0.00          0.00        3    33.3\n"
        "\n"
        "Nothing gives reason to doubt these files.\n"
    )
    assert not (tmp_path / "home" / "vault.duckdb").exists()


def test_no_personal_data_is_shown(check: Check) -> None:
    wrong = ORDERS.replace("50.00", "ada.lorne@shop.example").replace("70.00", "call 0171 2345678")
    done = check({"orders ada.lorne@shop.example.csv": wrong, "answers.csv": ANSWERS.replace(",3,", ",Ada Lorne,")})
    assert done.exit_code == 1
    assert "2 total not_a_number" in done.output
    for personal in ("ada", "lorne", "2345678", "Lorne"):
        assert personal not in done.output.replace("orders_lorne", "")


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("colour,taste\nred,sweet\n", "export.csv: unrecognised"),
        ("", "export.csv: failed"),
        (ORDERS.replace("2025-01-05 10:00", "yesterday"), "export.csv: 1 row refused for a value"),
        (ORDERS.replace("EUR", "USD", 1), "NORTHSTAR_CURRENCY is not set"),
        (ORDERS.replace(",paid,\n", ",mislaid,\n", 1), "unknown_status"),
        ("order_id,ordered_at,total\n", "nothing was loaded"),
    ],
    ids=["unknown header", "empty", "not a day", "currencies", "unknown status", "no rows"],
)
def test_what_gives_reason_to_doubt_is_said_and_exits_with_1(check: Check, text: str, words: str) -> None:
    done = check({"export.csv": text})
    assert done.exit_code == 1, done.output
    told = done.output.partition("Reasons to doubt:\n")[2]
    assert words in told


@pytest.mark.slow
def test_rows_refused_for_what_they_are_give_no_reason_until_they_are_many(check: Check) -> None:
    question = "How likely are you to recommend our shop to a friend?"
    rows = "".join(f"2025-06-{day:02} 10:00:00,a{day}@shop.example,9\n" for day in range(1, 11))
    form = f"Timestamp,Email Address,{question}\n{rows}"
    few = check({"form.csv": form + "2025-06-20 10:00:00,,\n"})
    assert (few.exit_code, "refused: 1 partial" in few.output) == (0, True), few.output
    many = check({"form.csv": form + "".join(f"2025-07-{day:02} 10:00:00,,\n" for day in range(1, 11))})
    assert (many.exit_code, "form.csv: 10 of 20 rows refused" in many.output) == (1, True), many.output


def test_what_a_row_is_refused_for_is_known_in_words() -> None:
    assert MEANT - {"footer"} <= set(OF_REASON)
    assert "ambiguous_date" not in MEANT


def test_lines_without_their_orders_are_loaded_and_doubted(check: Check) -> None:
    done = check({"lines.csv": "order_id,line_id,quantity\nA1,1,2\n"})
    assert done.exit_code == 1
    assert "nothing was loaded" not in done.output
    assert "lines_without_order" in done.output


@pytest.mark.slow
def test_how_days_and_amounts_were_read_is_said_and_what_told_it(check: Check) -> None:
    rows = "A1,01/06/2025 10:00,1.234\nA2,02/06/2025 10:00,12.50\nA3,13/06/2025 10:00,7.00\n"
    told = check({"orders.csv": f"order_id,ordered_at,total\n{rows}"})
    assert "  ordered_at: day first, told by other days of the column\n" in told.output
    assert "  total: decimal point, told by other amounts of the column\n" in told.output
    assert told.exit_code == 0, told.output
    silent = check({"orders.csv": "order_id,ordered_at,total\nA1,01/06/2025 10:00,1.234\n"})
    assert "  ordered_at: not read where it can be read in two ways, nothing tells which\n" in silent.output
    assert "ambiguous_date, value '01/06/2025 10:00'" in silent.output
    assert silent.exit_code == 1


@pytest.mark.slow
def test_refused_rows_that_a_later_export_makes_up_for_are_no_reason(check: Check) -> None:
    question = "How likely are you to recommend us to a friend?"
    header = f"Timestamp,Email address,{question}\n"
    june = [f"0{day}/06/2025 10:15:00,p{day}@shop.example,{day}\n" for day in range(1, 10)]
    done = check({"early.csv": header + "".join(june), "late.csv": header + "".join(june) + "13/06/2025 10:15:00,,9\n"})
    assert (done.exit_code, "score     NPS -40.0 of 10 answers" in done.output) == (0, True), done.output


def test_the_operators_formats_and_words_are_used(check: Check, tmp_path: Path) -> None:
    home = tmp_path / "home"
    (home / "formats").mkdir(parents=True)
    (home / "formats" / "desk.responses.sql").write_text(
        "-- recognised by: Ticket, Rated on, Rating\n"
        'SELECT file_id, row_number, "Ticket" AS response_id, "Rated on" AS responded_at, "Rating" AS score\n'
        "FROM input\n"
    )
    (home / "statuses.csv").write_text("word,language,format,meaning\nmislaid,en,,paid\n")
    answers = "Ticket,Rated on,Rating\nT1,2025-06-05,9\n"
    done = check({"tickets.csv": answers, "orders.csv": ORDERS.replace(",paid,\n", ",mislaid,\n", 1)})
    assert done.exit_code == 0, done.output
    assert "tickets.csv: loaded as desk (responses), 1 row: 1 accepted" in done.output


def test_files_of_one_name_from_two_folders_are_both_read(check: Check) -> None:
    later = ORDERS.replace("A3", "A4")
    done = check({"one/orders.csv": ORDERS, "two/orders.csv": later, "three/orders.csv": ORDERS})
    assert "orders    4" in done.output
    assert done.output.count("orders.csv: loaded") == 2
    assert done.output.count("orders.csv: duplicate") == 1


def test_a_doubt_names_its_file_as_the_operator_does(check: Check) -> None:
    cut = ORDERS.replace("A2", "A1")
    done = check({"one/orders.csv": cut, "two/answers.csv": ANSWERS})
    assert done.exit_code == 1
    assert "contradicting_id: orders.csv orders" in " ".join(done.output.split())


def test_only_the_last_twelve_months_are_listed(check: Check) -> None:
    rows = "".join(f"B{n},20{n // 12 + 20}-{n % 12 + 1:02}-05 10:00,10.00,EUR,paid\n" for n in range(20))
    done = check({"orders.csv": f"order_id,ordered_at,total,currency,status\n{rows}"})
    table = done.output.partition("month ")[2].partition("\n\n")[0].splitlines()[1:]
    assert [line.split()[0] for line in table] == [
        *(f"2020-{month:02}" for month in range(9, 13)),
        *(f"2021-{month:02}" for month in range(1, 9)),
        "before",
    ]
    assert table[-1].split() == ["before", "8", "80.00", "0", "(8", "months)"]


def test_wrong_usage_exits_with_2(check: Check, tmp_path: Path) -> None:
    assert check({}).exit_code == 2
    assert CliRunner().invoke(main, ["check", str(tmp_path / "nowhere.csv")]).exit_code == 2
    told = CliRunner().invoke(main, ["check", "--help"]).output
    assert "Exits with 0 if nothing gives reason to doubt, with 1 if something does" in " ".join(told.split())
