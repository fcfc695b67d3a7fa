"""What the text of a setting must be: parsers and validators of single values.

Here: functions that turn text into a value or raise ValueError. Not here: names, defaults and messages (settings.py).
"""

from __future__ import annotations

import math
import re
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import available_timezones

from pipelines.phone_numbers import e164, is_region

# Columns of canonical customers that identify a person or are no attribute; they stay in the vault.
PERSONAL = {"customer_email", "customer_id", "customer_phone", "customer_name", "phone_identity"} | {
    "email",
    "phone",
    "name",
    "first_name",
    "last_name",
    "street",
    "address",
}

# The most urgent first.
CATEGORIES = ("detractor", "passive", "promoter")
# Ninety days: whoever waits longer is not followed up.
LONGEST = {"h": 90 * 24, "d": 90, "bd": 60}


def split(value: object) -> object:
    """The parts of a list written with commas."""
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def iso_day(value: object) -> object:
    """A day from ISO text."""
    # By default pydantic reads a text of digits as seconds since 1970: 20260131 would be a day in August 1970.
    return date.fromisoformat(value) if isinstance(value, str) else value


def iso_time(value: object) -> object:
    """A time from ISO text."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def zone(name: str) -> str:
    """A time zone that exists."""
    if name not in available_timezones():
        message = "an IANA time zone such as Europe/Paris"
        raise ValueError(message)
    return name


def currency(code: str | None) -> str | None:
    """A currency code."""
    if code is not None and not re.fullmatch(r"[A-Z]{3}", code):
        message = "an ISO 4217 code of three capital letters such as EUR"
        raise ValueError(message)
    return code


def memory(amount: str | None) -> str | None:
    """An amount of memory as DuckDB reads it."""
    if amount is not None and not re.fullmatch(r"[1-9]\d*(\.\d+)? ?[KMGT]i?B", amount):
        message = "an amount of memory such as 3GiB or 800MB"
        raise ValueError(message)
    return amount


def first_of_month(day: date) -> date:
    """A day that begins a month."""
    if day.day != 1:
        message = "the first day of a month, YYYY-MM-01"
        raise ValueError(message)
    return day


def bands(edges: tuple[Decimal, ...]) -> tuple[Decimal, ...]:
    """Growing positive edges."""
    if not edges or any(edge <= 0 for edge in edges) or list(edges) != sorted(set(edges)):
        message = "growing positive amounts separated by commas, such as 25,50,100,250"
        raise ValueError(message)
    return edges


def per_category(numbers: tuple[float, ...]) -> tuple[float, ...]:
    """One number each for promoters, passives and detractors."""
    if len(numbers) != 3 or not all(0 <= number < math.inf for number in numbers):
        raise ValueError("three numbers, 0 or more")
    return numbers


def address(text: str | None) -> str | None:
    """An address with a scheme."""
    if text is not None and "://" not in text:
        raise ValueError("no scheme")
    return text


def names(names: tuple[str, ...]) -> tuple[str, ...]:
    """Columns that may be published."""
    if any(not re.fullmatch(r"[A-Za-z][A-Za-z0-9_ ]*", name) for name in names) or len(set(names)) != len(names):
        message = "different column names separated by commas, such as country,tier"
        raise ValueError(message)
    if any(name.lower() in PERSONAL for name in names):
        message = "columns that do not say who somebody is, such as country,tier"
        raise ValueError(message)
    return names


def rules(value: object) -> object:
    """The rules of a list; `none` is no rule."""
    return () if isinstance(value, str) and value.strip().lower() == "none" else split(value)


def once(rules: tuple[str, ...]) -> tuple[str, ...]:
    """Each rule once, in order."""
    return tuple(sorted(set(rules)))


def country(code: str | None) -> str | None:
    """A country whose phone numbers are known."""
    if code is not None and not (re.fullmatch(r"[A-Z]{2}", code) and is_region(code)):
        message = "an ISO 3166 code of two capital letters such as DE"
        raise ValueError(message)
    return code


def shared_addresses(entries: tuple[str, ...], home: str | None) -> tuple[str, ...]:
    """Addresses in lower case, *@domain, and phone numbers in international form; home: the country of the latter."""
    read = []
    for entry in entries:
        known = entry.lower() if re.fullmatch(r"(\*|[^@\s*]+)@[^@\s*]+", entry) else e164(entry, home)
        if known is None:
            raise ValueError(entry)
        read.append(known)
    return tuple(sorted(set(read)))


def dated_shares(value: object) -> object:
    """Days and the share in force from each on, by day; `none` is no share."""
    entries = rules(value)
    if not isinstance(entries, list):
        return entries
    shares = []
    for entry in entries:
        day, separator, share = entry.partition(":")
        if not separator:
            raise ValueError(entry)
        shares.append((date.fromisoformat(day.strip()), float(share)))
    return tuple(shares)


def growing_days(shares: tuple[tuple[date, float], ...]) -> tuple[tuple[date, float], ...]:
    """Days in order, each once, with a share of at most half: of 10 and 0.1, 10 is the mistake."""
    days = [day for day, _ in shares]
    if days != sorted(set(days)) or not all(0 <= share <= 0.5 for _, share in shares):
        message = "days in order, each with a share from 0 to 0.5, such as 2026-12-01:0.1,2027-06-01:0"
        raise ValueError(message)
    return shares


def due_times(value: object) -> object:
    """By category, the number and unit after which an answer is due; `none` is never."""
    entries = split(value)
    if not isinstance(entries, list):
        return entries
    times = []
    for entry in entries:
        category, _, time = (part.strip().lower() for part in entry.partition(":"))
        read = re.fullmatch(r"(\d{1,4})(h|d|bd)", time)
        if category not in CATEGORIES or (read is None and time != "none"):
            raise ValueError(entry)
        times.append((category, int(read[1]) if read else 0, read[2] if read else "none"))
    return tuple(times)


def each_category(times: tuple[tuple[str, int, str], ...]) -> tuple[tuple[str, int, str], ...]:
    """Every category once, detractors first; times above nothing and up to LONGEST."""
    if sorted(category for category, _, _ in times) != sorted(CATEGORIES) or any(
        unit != "none" and not 0 < number <= LONGEST[unit] for _, number, unit in times
    ):
        message = "a time for each category"
        raise ValueError(message)
    return tuple(sorted(times, key=lambda time: CATEGORIES.index(time[0])))
