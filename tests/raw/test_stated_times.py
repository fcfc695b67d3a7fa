"""Times that an export states tell what comes first in its days; evidence that contradicts itself does not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from cases.small_shop import REFUSED, Night

HEADER = "order_id,ordered_at,total,currency"
EXPORT, COLUMN, ROWS = "the time of the export", "times of another column", "the order of the rows"
CONTRADICTION, NOTHING = "times that contradict each other", "nothing"
# In June, or on the 6th of five months; before 13 June only in June.
JUNE, READ = ["05/06/2025", "08/06/2025"], ["2025-06-05", "2025-06-08"]
# Lines around the table, and whether they are the time of an export.
LINES = {
    "Exported on 13 June 2025 10:05": True,
    "Report generated: 2025-06-13T10:00:00Z": True,
    "Report date,13-Jun-2025": True,
    "Erstellt am 13.06.2025 um 10:05 Uhr": True,
    "Exporté le 13 juin 2025": True,
    "Fecha de exportación: 13 de junio de 2025": True,
    "Downloaded by Ann Other on Friday June 13th 2025": True,
    "Orders": False,
    "Orders exported since 13 June 2025": False,
    "Period: 2025-05-01 to 2025-06-13": False,
    "Generated on 05/06/2025": False,
    "Generated on 31 December 2025": False,
}


def table(prefix: str, days: Sequence[str], *, column: str = "", values: Sequence[str] = ()) -> str:
    """Orders on these days, with another column."""
    rows = [f"{prefix}-{n},{day},10.00,EUR" for n, day in enumerate(days)]
    lines = [HEADER, *rows]
    if column:
        lines = [f"{line},{value}" for line, value in zip(lines, [column, *values], strict=True)]
    return "\n".join([*lines, ""])


def told(night: Night) -> tuple[dict[str, str], dict[str, list[str]], dict[str, int]]:
    """By file: what told the order, the days of its orders, and how many rows have an ambiguous day."""
    by, days, refused = night.landed(
        "SELECT path, told_by FROM vault.raw.readings JOIN vault.raw.paths USING (file_id)",
        "SELECT path, list(strftime(ordered_at AT TIME ZONE 'UTC', '%Y-%m-%d') ORDER BY row_number) "
        "FROM vault.raw.orders JOIN vault.raw.paths USING (file_id) GROUP BY path",
        "SELECT path, count(*) FROM vault.raw.rejected JOIN vault.raw.paths USING (file_id) "
        "WHERE rejected.reason = 'ambiguous_date' GROUP BY path",
    )
    return dict(by), dict(days), dict(refused)


@pytest.mark.slow
def test_a_line_that_says_when_the_file_was_exported(tmp_path: Path) -> None:
    night = Night(tmp_path)
    files = {}
    for number, (line, tells) in enumerate(LINES.items()):
        above, below = f"{number} above.csv", f"{number} below.csv"
        night.land((above, f"{line}\n\n{table(above, JUNE)}"), (below, f"{table(below, JUNE)}\n{line}\n"))
        files |= {above: tells, below: tells}
    by, days, refused = told(night)
    assert by == {file: EXPORT if tells else NOTHING for file, tells in files.items()}
    assert days == {file: READ for file, tells in files.items() if tells}
    assert refused == {file: 2 for file, tells in files.items() if not tells}


GROWING = ["02/05/2025", "07/05/2025", "01/06/2025"]
# Another column, its values beside the days of JUNE (or others), and what then tells.
COLUMNS: dict[str, tuple[str, list[str], list[str], str]] = {
    "iso": ("Started", JUNE, ["2025-06-05T09:00:00Z", "2025-06-08T09:00:00+02:00"], COLUMN),
    "seconds": ("created", JUNE, ["1749117600", "1749376800"], COLUMN),
    "names": ("Day", JUNE, ["5 June 2025", "8 June 2025"], COLUMN),
    "day before": ("Sent", JUNE, ["2025-06-04", "2025-06-07"], COLUMN),
    "month first": ("Started", JUNE, ["2025-05-06", "2025-08-06"], COLUMN),
    "export": ("exported_at", JUNE, ["2025-06-13 10:00", "2025-06-13 10:00"], EXPORT),
    # A column that is not near, one with blanks and words, and one that says the day of one order only.
    "birthday": ("Born", JUNE, ["1985-06-05", "1990-06-08"], NOTHING),
    "words": ("Note", JUNE, ["2025-06-05", "none"], NOTHING),
    "blanks": ("Started", ["05/06/2025", "08/06/2025", "02/06/2025"], ["2025-06-05", "", "2025-06-02"], COLUMN),
    # A survey 30 days after the purchase: the wrong reading would be the day of the purchase.
    "one day": ("Bought", ["05/06/2025", "05/06/2025"], ["2025-05-06", "2025-05-06"], NOTHING),
    # The order of the rows says June, the other column says otherwise.
    "contradiction": ("Started", GROWING, ["2025-02-05", "2025-07-05", "2025-01-06"], CONTRADICTION),
    "agreement": ("Started", GROWING, ["2025-05-02", "2025-05-07", "2025-06-01"], f"{ROWS} and {COLUMN}"),
}  # fmt: skip
MONTH_FIRST = {"month first": ["2025-05-06", "2025-08-06"]}
OTHERS = {
    "blanks": ["2025-06-05", "2025-06-08", "2025-06-02"],
    "agreement": ["2025-05-02", "2025-05-07", "2025-06-01"],
}


@pytest.mark.slow
def test_a_column_that_can_be_read_in_one_way_only(tmp_path: Path) -> None:
    night = Night(tmp_path)
    for name, (column, written, values, _) in COLUMNS.items():
        night.land((f"{name}.csv", table(name, written, column=column, values=values)))
    by, days, refused = told(night)
    assert by == {f"{name}.csv": tells for name, (*_, tells) in COLUMNS.items()}
    is_read = [name for name, (*_, tells) in COLUMNS.items() if tells not in {NOTHING, CONTRADICTION}]
    assert days == {f"{name}.csv": (MONTH_FIRST | OTHERS).get(name, READ) for name in is_read}
    assert refused == {f"{name}.csv": len(row[1]) for name, row in COLUMNS.items() if name not in is_read}


@pytest.mark.slow
def test_the_setting_does_not_decide_between_contradictions(tmp_path: Path) -> None:
    night = Night(tmp_path, date_order="day_first")
    column, written, values, _ = COLUMNS["contradiction"]
    night.land(("a.csv", table("a", written, column=column, values=values)))
    night.land(
        (
            "b.csv",
            "Exported on 13 June 2025\n" + table("b", JUNE, column="Started", values=["2025-05-06", "2025-08-06"]),
        )
    )
    night.land(("c.csv", table("c", JUNE)))
    by, days, refused = told(night)
    assert by == {"a.csv": CONTRADICTION, "b.csv": CONTRADICTION, "c.csv": "NORTHSTAR_DATE_ORDER"}
    assert (days, refused) == ({"c.csv": READ}, {"a.csv": 3, "b.csv": 2})


@pytest.mark.slow
def test_days_of_the_column_come_before_what_the_file_states(tmp_path: Path) -> None:
    text = "Exported on 13 June 2025\n" + table("a", [*JUNE, "12/31/2024"])
    night = Night(tmp_path).land(("a.csv", text))
    assert told(night)[0] == {"a.csv": "other days of the column"}
    # 6 August is read as it is shown; that it lies behind the export is the file's contradiction.
    assert told(night)[1] == {"a.csv": ["2025-05-06", "2025-08-06", "2024-12-31"]}


@pytest.mark.slow
def test_an_answer_of_a_form_and_its_epoch(tmp_path: Path) -> None:
    lines = ["Timestamp,How likely are you to recommend us to a friend?,Submitted (epoch)"]
    lines += ["05/06/2025 10:00:00,9,1749117600000", "08/06/2025 10:00:00,3,1749376800000"]
    night = Night(tmp_path).land(("form.csv", "\n".join([*lines, ""])))
    query = "SELECT strftime(responded_at AT TIME ZONE 'UTC', '%Y-%m-%d') FROM vault.raw.responses ORDER BY 1"
    assert night.landed(query, REFUSED) == [[(day,) for day in READ], []]


@pytest.mark.slow
def test_a_document_that_says_when_it_was_made(tmp_path: Path) -> None:
    night = Night(tmp_path)
    night.settings.formats_path.mkdir(parents=True)
    select = 'SELECT file_id, row_number, "no" AS order_id, "placed" AS ordered_at, "sum" AS total FROM input\n'
    (night.settings.formats_path / "till.orders.sql").write_text(
        f"-- recognised by: no, placed, sum\n-- records: data\n{select}"
    )
    records = ", ".join(f'{{"no": "{n}", "placed": "{day}", "sum": 5}}' for n, day in enumerate(JUNE))
    night.land(("till.json", f'{{"exported_at": "2025-06-13T10:00:00Z", "data": [{records}]}}'))
    assert told(night)[:2] == ({"till.json": EXPORT}, {"till.json": READ})
