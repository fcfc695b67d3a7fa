"""Files of the operator: line numbers, separators, headers; what is allowed in each is tested beside its module."""

from __future__ import annotations

import pytest

from pipelines.operator_files import OperatorFile


class WrongFileError(ValueError):
    """The error that these tests ask for."""


def rows(tmp_path, text, optional=()):
    path = tmp_path / "f.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return OperatorFile(path, ("name", "rate"), WrongFileError, frozenset(optional)).rows()


@pytest.mark.parametrize("text", ["name,rate\n\na, 1\n", "\ufeffrate;name\r\n;\r\n1;a\r\n"])
def test_rows_have_the_numbers_an_editor_shows(tmp_path, text):
    assert rows(tmp_path, text) == [(3, {"name": "a", "rate": "1"})]


def test_a_cell_of_two_lines_counts_both(tmp_path):
    text = 'name,rate\n"a\nb",1\nc\n'
    assert rows(tmp_path, text) == [(2, {"name": "a\nb", "rate": "1"}), (4, {"name": "c", "rate": ""})]


def test_optional_columns_are_empty(tmp_path):
    assert rows(tmp_path, "name\na\n", {"rate"}) == [(2, {"name": "a", "rate": ""})]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "row 1 is ''; allowed is the header name,rate."),
        ("\nname,rate\n", "row 1 is ''; allowed is the header"),
        ("name,name,rate\n", "row 1 is 'name,name,rate'"),
        ("name,rate\na,1,2\n", "row 2, column 3 is '2'; allowed is nothing."),
        ('name,rate\n"a" b,1\n', "cannot be read: "),
        (b"name,rate\n\xf6,1\n", "is not UTF-8 text; allowed is a CSV file in UTF-8 with the columns name, rate."),
    ],
)
def test_errors_are_named(tmp_path, text, message):
    with pytest.raises(WrongFileError) as refusal:
        rows(tmp_path, text)
    assert str(refusal.value).startswith(str(tmp_path / "f.csv"))
    assert message in str(refusal.value)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(
        WrongFileError, match=r"f.csv is missing; allowed is a CSV file in UTF-8 with the columns name, rate"
    ):
        OperatorFile(tmp_path / "f.csv", ("name", "rate"), WrongFileError).rows()
