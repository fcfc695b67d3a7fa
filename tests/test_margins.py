"""The margins file: what is read, and the message for each possible error."""

from __future__ import annotations

import polars as pl
import pytest

from pipelines.margins import MarginsError, read_margins
from pipelines.settings import Settings, SettingsError
from pipelines.value.money import margin

GOOD = "product_category,margin_rate\n*,0.3\nLamps,0.255\n\nGifts,-0.05\n"


def test_rates_are_ten_thousandths_by_category(tmp_path):
    (tmp_path / "margins.csv").write_text("\ufeff" + GOOD, encoding="utf-8")
    assert read_margins(tmp_path / "margins.csv") == (("*", 3000), ("Gifts", -500), ("Lamps", 2550))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "row 1 is ''; allowed is the header product_category,margin_rate"),
        ("category,rate\n*,0.3\n", "row 1 is 'category,rate'"),
        ("product_category,margin_rate\nLamps,0.3\n", "no row '\\*' in column product_category"),
        ("product_category,margin_rate\n*,0.3\nLamps,30%\n", "row 3, column margin_rate is '30%'; allowed is a share"),
        ("product_category,margin_rate\n*,1.5\n", "row 2, column margin_rate is '1.5'"),
        ("product_category,margin_rate\n*,0.12345\n", "row 2, column margin_rate is '0.12345'"),
        ("product_category,margin_rate\n*,nan\n", "row 2, column margin_rate is 'nan'"),
        ("product_category,margin_rate\n*,inf\n", "row 2, column margin_rate is 'inf'"),
        ("product_category,margin_rate\n*,0.3\n*,0.2\n", "row 3, column product_category is '\\*'; allowed is each"),
        ("product_category,margin_rate\n,0.3\n", "row 2, column product_category is ''"),
        ("product_category,margin_rate\n*,0.3,x\n", "row 2, column 3 is 'x'; allowed is nothing"),
    ],
)
def test_errors_name_file_row_column_and_value(tmp_path, text, message):
    (tmp_path / "margins.csv").write_text(text, encoding="utf-8")
    with pytest.raises(MarginsError, match=message) as caught:
        read_margins(tmp_path / "margins.csv")
    assert str(caught.value).startswith(str(tmp_path / "margins.csv"))


def test_other_encodings_are_refused(tmp_path):
    (tmp_path / "margins.csv").write_bytes(b"product_category,margin_rate\nM\xf6bel,0.3\n")
    with pytest.raises(MarginsError, match="UTF-8"):
        read_margins(tmp_path / "margins.csv")


def test_the_setting_reads_the_file_and_stops_without_it(tmp_path):
    assert Settings(home=tmp_path).margins == ()
    with pytest.raises(SettingsError, match=r"NORTHSTAR_VALUE_BASIS is 'margin', for which .*margins.csv is missing"):
        Settings(home=tmp_path, value_basis="margin")
    (tmp_path / "margins.csv").write_text(GOOD, encoding="utf-8")
    assert Settings(home=tmp_path).margins == ()
    assert dict(Settings(home=tmp_path, value_basis="margin").margins) == {"*": 3000, "Gifts": -500, "Lamps": 2550}


def test_margin_is_rounded_to_the_cent_away_from_zero():
    frame = pl.DataFrame(
        {"cents": [100, 2, -2, 99_999_999_999_999, 3], "category": ["Lamps", "*", None, "unknown", "Gifts"]},
        schema={"cents": pl.Int64, "category": pl.String},
    )
    margins = (("*", 2500), ("Gifts", -5000), ("Lamps", 3333))
    cents = frame.select(margin(pl.col("cents"), pl.col("category"), margins))["cents"]
    assert cents.to_list() == [33, 1, -1, 25_000_000_000_000, -2]
    assert frame.select(margin(pl.col("cents"), pl.col("category"), ()))["cents"].to_list() == frame["cents"].to_list()
    assert frame.select(margin(pl.col("cents"), pl.col("category"), (("*", 5000),)))["cents"][0] == 50
