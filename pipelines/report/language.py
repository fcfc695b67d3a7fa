"""The language of the page and the summary: sentences from a catalogue, numbers, money and dates as people write them.

Here: reading pipelines/report/words/<language>.toml, which holds every word, and formatting values. Not here: any word.
A language is one file and its line in NUMBER_LOCALES.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers

WORDS = Path(__file__).with_name("words")
# The same locales, as Vega writes their numbers on axes.
NUMBER_LOCALES: dict[str, Literal["en-US", "de-DE", "fr-FR"]] = {"en": "en-US", "de": "de-DE", "fr": "fr-FR"}


@cache
def catalogue(code: str) -> dict[str, Any]:
    """Everything that is said in a language: sentences in tables by place, and plural forms by CLDR category."""
    return tomllib.loads((WORDS / f"{code}.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Language:
    """A language. code: of NUMBER_LOCALES. zone: of moments. currency: of money, None where it is not known.

    >>> english = Language("en", ZoneInfo("UTC"), "EUR")
    >>> (
    ...     english.points(-3.14, signed=True),
    ...     english.share(0.417),
    ...     english.money(1234.5),
    ...     english.month(date(2026, 11, 1)),
    ... )
    ('-3.1', '41.7%', '€1,234.50', 'November 2026')
    """

    code: str
    zone: ZoneInfo
    currency: str | None = None
    locale: Locale = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "locale", Locale.parse(self.code))

    @property
    def number_locale(self) -> Literal["en-US", "de-DE", "fr-FR"]:
        """The locale of Vega's numbers."""
        return NUMBER_LOCALES[self.code]

    def text(self, key: str, count: int | None = None, /, **values: object) -> str:
        """A sentence of the catalogue.

        Args:
            key: its place, parts separated by dots.
            count: chooses the plural form, and fills {count} as a number.
            values: fill the other braces.

        Raises:
            KeyError: there is no such sentence.
        """
        if count is not None:
            values["count"] = self.count(count)
        return self.pattern(key, count).format(**values)

    def pattern(self, key: str, count: int | None = None) -> str:
        """A sentence of the catalogue with its braces.

        Raises:
            KeyError: there is no such sentence.
        """
        found = self.found(key)
        if isinstance(found, dict) and "other" in found:
            return found.get(self.locale.plural_form(count or 0), found["other"])
        if not isinstance(found, str):
            raise KeyError(key)
        return found

    def found(self, key: str) -> str | dict[str, str] | None:
        """What the catalogue has at a place, or None."""
        entry: Any = catalogue(self.code)
        for part in key.split("."):
            entry = entry.get(part) if isinstance(entry, dict) else None
        return entry if isinstance(entry, (str, dict)) else None

    def named(self, kind: str, value: str) -> str:
        """The name of a published code, such as a category; the code itself where it has none, as shops' own have."""
        name = self.found(f"codes.{kind}.{value}") if "." not in value else None
        return name if isinstance(name, str) else value

    def number(self, value: float, digits: int = 0, *, signed: bool = False) -> str:
        """A number with so many decimals."""
        rounded = round(float(value), digits) + 0.0  # no minus before a zero
        pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
        text = numbers.format_decimal(rounded, _pattern(pattern), locale=self.locale)
        return f"+{text}" if signed and rounded > 0 else text

    def count(self, value: float) -> str:
        """A whole number."""
        return self.number(value)

    def points(self, value: float, *, signed: bool = False) -> str:
        """NPS points."""
        return self.number(value, 1, signed=signed)

    def share(self, value: float, digits: int = 1) -> str:
        """A share of 1 as per cent."""
        pattern = {"en": "{}%"}.get(self.code, "{}\N{NO-BREAK SPACE}%")
        return pattern.format(self.number(100 * float(value), digits))

    def p_value(self, value: float) -> str:
        """A p-value to three decimals."""
        least = 0.001
        return f"< {self.number(least, 3)}" if value < least else self.number(value, 3)

    def money(self, value: float) -> str:
        """An amount in the reporting currency; a bare number where that is not known."""
        if self.currency is None:
            return self.number(value, 2)
        return numbers.format_currency(float(value), self.currency, locale=self.locale)

    def day(self, value: date) -> str:
        """A day with its year."""
        return dates.format_date(value, "long", locale=self.locale)

    def short_day(self, value: date) -> str:
        """A day with its year, for tables and axes."""
        return dates.format_date(value, "medium", locale=self.locale)

    def last_day(self, end: date) -> str:
        """The last day before an end."""
        return self.short_day(end - timedelta(days=1))

    def month(self, value: date, *, short: bool = False) -> str:
        """A month with its year."""
        return dates.format_skeleton("yMMM" if short else "yMMMM", value, locale=self.locale)

    def moment(self, value: datetime) -> str:
        """A time of the business zone, to the minute, with the zone's name."""
        local = value.astimezone(self.zone)
        return f"{self.day(local)}, {dates.format_time(local, 'HH:mm', locale=self.locale)} ({self.zone})"


@cache
def _pattern(pattern: str) -> numbers.NumberPattern:
    return numbers.parse_pattern(pattern)
