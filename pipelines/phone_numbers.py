"""Phone numbers as people write them, to the one form in which they can be compared (E.164).

Here: the library's calls, and which region a country means. Not here: whose number it is (pipelines/raw/phones.py).
"""

from __future__ import annotations

import csv
import hashlib
import re
import unicodedata
from functools import cache
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

COUNTRIES = Path(__file__).parents[1] / "sql" / "lexicon" / "countries.csv"


@cache
def _library() -> Any:  # noqa: ANN401 (a module)
    """The library, imported when the first number is read: a shop without numbers does not pay 50 ms for it."""
    return import_module("phonenumbers")


@cache
def plans() -> str:
    """Version of the number plans and digest of the countries' names: others may read a number in another way."""
    return f"{version('phonenumbers')} {hashlib.sha256(COUNTRIES.read_bytes()).hexdigest()[:16]}"


@cache
def is_region(code: str) -> bool:
    """Whether a code of two capital letters (ISO 3166) is a country whose numbers are known."""
    return code in _library().SUPPORTED_REGIONS


def region(country: str | None, default: str | None) -> str | None:
    """The region of a country as a shop writes it (a code, or its name in seven languages); default if that is none."""
    return _region(country or "") or default


@cache
def _region(country: str) -> str | None:
    text = country.strip()
    if re.fullmatch(r"[A-Za-z]{2}", text) and is_region(text.upper()):
        return text.upper()
    return _names().get(_plain(text)) if text else None


@cache
def _names() -> dict[str, str]:
    """Codes by name. The library has the names too, but importing them takes 4 s of processor."""
    with COUNTRIES.open(encoding="utf-8", newline="") as file:
        return {_plain(row["name"]): row["country"] for row in csv.DictReader(file)}


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.lower())
    return "".join(letter for letter in decomposed if letter.isalpha())


def e164(text: str, region_code: str | None) -> str | None:
    """A number as +<country><number>, without an extension; None if no such number can exist, or nobody's can.

    Numbers that fit the country's plan are taken as they are; others if their length fits, for plans grow. Digits that
    repeat or count up (0000000, 1234567) are what people write to fill a field.

    Args:
        text: as written, with or without the country's code, even if a spreadsheet took the + or the first 0.
        region_code: where it is a number if it has no country's code; None for nowhere.

    >>> e164("0151 / 1234 5678", "DE"), e164("0049 151 12345678", None), e164("4915112345678.0", "DE")
    ('+4915112345678', '+4915112345678', '+4915112345678')
    >>> e164("0000000", "DE"), e164("+1 555", None), e164("0151 12345678", None), e164("4.91511E+12", "DE")
    (None, None, None, None)
    """
    text = re.sub(r"^'+|\.0+$", "", text.strip())
    if re.search(r"\d[.,]?\d*[eE]\+?\d", text):
        return None
    tried = [(text, region_code)]
    if text.startswith("00"):
        tried.append((f"+{text[2:]}", None))
    code = _library().country_code_for_region(region_code) if region_code else 0
    if code and text.isdigit() and text.startswith(str(code)) and len(text) > 10:
        tried.insert(0, (f"+{text}", None))
    found = [number for number in (_parsed(*one) for one in tried) if number is not None]
    fitting = next((number for number in found if _library().is_valid_number(number)), None)
    number = fitting or next(iter(found), None)
    if number is None or _is_filler(str(number.national_number)):
        return None
    return str(_library().format_number(number, _library().PhoneNumberFormat.E164))


def _parsed(text: str, region_code: str | None) -> Any:  # noqa: ANN401 (a number of the library)
    """The number, None if it cannot be one."""
    library = _library()
    try:
        number = library.parse(text, region_code)
    except library.NumberParseException:
        return None
    possible = library.is_possible_number_with_reason(number) == library.ValidationResult.IS_POSSIBLE
    return number if possible else None


def _is_filler(digits: str) -> bool:
    rising = "01234567890123456789"
    return len(set(digits)) <= 2 or digits in rising or digits in rising[::-1]
