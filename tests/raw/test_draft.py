"""Drafts for unknown headers: with the draft saved unchanged, the file loads the right rows."""

import json
from pathlib import Path

import pytest

from pipelines.raw.draft import Draft, save
from pipelines.raw.trial import Trial, trial
from tests.raw.conftest import Shop
from tests.raw.files.test_archives import archive
from tests.raw.files.test_workbooks import workbook

SURVEY = """Bewertung;Datum;E-Mail;Kommentar;Filiale;Bestellnummer
9;31.01.2026 14:05;anna@shop.example;"gut; sehr";Nord;#1001
3;01.02.2026 09:30;bert@shop.example;schlecht;Süd;#1002
7;01.02.2026 09:31;cora@shop.example;;Süd;#1003
11;02.02.2026 10:00;carl@shop.example;;Nord;#1004
"""
ORDERS = """Invoice,When,Grand Total,Buyer email,Ship Country,Curr,Shipping
A-1,01/31/2024 2:05 PM,"1,234.50",anna@shop.example,DE,EUR,4.90
A-2,02/28/2024 9:05 AM,5.00,bert@shop.example,FR,EUR,0
"""
PAGE = {
    "meta": {"page": 1, "tags": []},
    "data": {
        "items": [
            {"id": "r1", "submittedAt": 1717171717, "rating": 9, "contact_email": "x@y.example", "remarks": "ok"},
            {"id": "r2", "submittedAt": 1717181717, "rating": 2, "contact_email": "z@y.example"},
        ]
    },
}
FORM = [
    ["Recommanderiez-vous notre boutique ?", "Adresse e-mail", "Commentaire", "Horodateur"],
    [10, "x@y.example", "super", "2024-05-01 10:00:00"],
    [0, "z@y.example", None, "2024-05-02 11:30:00"],
]
LINES = "Bestellnummer\tPosition\tArtikelnummer\tProdukt\tMenge\tEinzelpreis\n"
LINES += "A1\t1\tS-1\tTee\t2\t3,50\nA1\t2\tS-2\tTasse\t1\t9,00\n"


def tried(shop: Shop, path: Path) -> Trial:
    [explained] = [one for one in trial(path, shop.settings) if one.status == "unrecognised"]
    return explained


def drafted(shop: Shop, path: Path) -> Draft:
    draft = tried(shop, path).draft
    assert draft is not None
    return draft


@pytest.mark.first(2)
@pytest.mark.parametrize(
    ("name", "content", "kind", "columns", "rows"),
    [
        (
            "survey.csv",
            SURVEY.encode("cp1252"),
            "responses",
            ("responded_at", "score", "customer_email", "order_id", "comment"),
            [
                ("2026-01-31 14:05:00+00", "9", "anna@shop.example", "#1001", "gut; sehr"),
                ("2026-02-01 09:30:00+00", "3", "bert@shop.example", "#1002", "schlecht"),
                ("2026-02-01 09:31:00+00", "7", "cora@shop.example", "#1003", None),
            ],
        ),
        (
            "orders.csv",
            ORDERS.encode(),
            "orders",
            ("order_id", "ordered_at", "total", "customer_email", "country", "currency", "shipping"),
            [
                ("A-1", "2024-01-31 14:05:00+00", "1234.5000", "anna@shop.example", "DE", "EUR", "4.9000"),
                ("A-2", "2024-02-28 09:05:00+00", "5.0000", "bert@shop.example", "FR", "EUR", "0.0000"),
            ],
        ),
        (
            "page.json",
            json.dumps(PAGE).encode(),
            "responses",
            ("response_id", "responded_at", "score", "customer_email", "comment"),
            [
                ("r1", "2024-05-31 16:08:37+00", "9", "x@y.example", "ok"),
                ("r2", "2024-05-31 18:55:17+00", "2", "z@y.example", None),
            ],
        ),
        (
            "form.xlsx",
            workbook({"Réponses": FORM}),
            "responses",
            ("responded_at", "score", "customer_email", "comment"),
            [
                ("2024-05-01 10:00:00+00", "10", "x@y.example", "super"),
                ("2024-05-02 11:30:00+00", "0", "z@y.example", None),
            ],
        ),
        (
            "lines.zip",
            archive({"lines.tsv": LINES}),
            "order_lines",
            ("order_id", "line_id", "sku", "product", "quantity", "unit_price"),
            [("A1", "1", "S-1", "Tee", "2.0000", "3.5000"), ("A1", "2", "S-2", "Tasse", "1.0000", "9.0000")],
        ),
    ],
    ids=["German survey", "American orders", "nested JSON", "French form", "zipped lines"],
)
def test_a_draft_saved_as_it_is_loads_the_file(  # noqa: PLR0917
    shop: Shop, tmp_path: Path, name: str, content: bytes, kind: str, columns: tuple[str, ...], rows: list[object]
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    draft = drafted(shop, path)
    assert draft.kind == kind
    save(draft, "drafted", shop.settings.formats_path)
    shop.drop(name, content)
    shop.load()
    assert shop.rows(kind, *columns) == rows
    for value in ("shop.example", "y.example", "gut", "1717", "super", "Tasse", "1001", "A-1"):
        assert value not in draft.text


@pytest.mark.slow
def test_a_wrong_value_is_refused_and_shown(shop: Shop, tmp_path: Path) -> None:
    text = SURVEY + "8;heute;dora@shop.example;;Nord;#1005\n"
    (tmp_path / "x.csv").write_text(text)
    save(drafted(shop, tmp_path / "x.csv"), "drafted", shop.settings.formats_path)
    shop.drop("x.csv", text)
    shop.load()
    assert shop.rows("rejected", "row_number", "column_name", "value") == [
        ("4", "score", "11"),
        ("5", "responded_at", "heute"),
    ]


@pytest.mark.slow
def test_guesses_are_marked(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text(
        'Ref;Moment;Wert;"Kontakt, privat"\n1;03/04/2024;9;a@b.example\n2;05/06/2024;10;c@d.example\n'
    )
    text = drafted(shop, tmp_path / "x.csv").text
    lines = [line for line in text.splitlines() if " AS " in line]
    assert all("-- guess" in line for line in lines)
    [moment] = [line for line in lines if '"Moment"' in line]
    assert "unsure: by its values only, is the day or the month first?" in moment
    assert '"Kontakt, privat"' in text.split("SELECT")[0]


def test_a_first_row_of_values_is_not_a_header(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("r1,2024-05-01,9,anna@shop.example\nr2,2024-05-02,8,bert@shop.example\n")
    explained = tried(shop, tmp_path / "x.csv")
    assert explained.draft is None


def test_a_recognised_file_has_no_draft_and_a_saved_one_is_not_overwritten(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("order_id,ordered_at,total\n1,2024-05-01,5\n2,2024-05-01,secret\n")
    [explained] = trial(tmp_path / "x.csv", shop.settings)
    assert (explained.status, explained.rows, explained.accepted, explained.rejected, explained.draft) == (
        "loaded",
        2,
        1,
        1,
        None,
    )
    assert [refused[:4] for refused in explained.first_refused] == [(2, "total", "not_a_number", "xxxxxx")]
    save(Draft("orders", "one"), "a", tmp_path)
    with pytest.raises(FileExistsError):
        save(Draft("orders", "two"), "a", tmp_path)


@pytest.mark.slow
def test_each_member_is_explained(shop: Shop, tmp_path: Path) -> None:
    good = "order_id,ordered_at,total\n1,2024-05-01,5\n"
    (tmp_path / "x.zip").write_bytes(archive({"a.csv": good, "b.csv": SURVEY, "c.pdf": b"%PDF-1.7"}))
    explained = trial(tmp_path / "x.zip", shop.settings)
    assert [(one.path, one.status, one.rows, one.draft is not None) for one in explained] == [
        ("x.zip", "loaded", None, False),
        ("x.zip/a.csv", "loaded", 1, False),
        ("x.zip/b.csv", "unrecognised", None, True),
        ("x.zip/c.pdf", "failed", None, False),
    ]
    (tmp_path / "link.csv").symlink_to(tmp_path / "x.zip")
    assert [one.status for one in trial(tmp_path / "link.csv", shop.settings)] == [one.status for one in explained]
