"""What a column accepts, and what a row must be that a format refuses, in words for the operator.

Here: the words of the CHECKs of sql/schema/raw.sql, of numeric types, and of the reasons that formats give. Not here:
testing values (check.py), and the words of times and other types (kinds.py).
"""

from __future__ import annotations

import re

# By the reason that a format gives in `reject`. A format that knows more says it in `reject_allowed`.
OF_REASON = {
    "not_nps": "a score from 0 to 10 for a question about recommending; other metrics (CSAT, CES, stars) and other "
    "questions make no NPS",
    "wrong_scale": "a scale from 0 to 10; a scale from 1 to 10 or from 1 to 5 makes no NPS",
    "partial": "an answer that was submitted",
    "preview": "an answer given outside the survey's preview",
    "test": "a record that is not marked as a test",
    "bogus": "a record that is not marked as invalid or spam",
    "excluded": "an answer that the tool does not exclude from its results",
    "disqualified": "an answer of a respondent who was not disqualified",
    "not_sent": "an invitation that was sent",
    "unpaid": "an order that was paid",
    "pending": "an order whose prices are known",
    "draft": "an order that was placed, not a draft",
    "abandoned": "an order that was placed, not an abandoned checkout",
    "self_referral": "a friend who is not the advocate",
    "existing_customer": "a friend who was not a customer yet",
    "ambiguous_date": "a date that can be read in one way only, such as 2026-01-31, or NORTHSTAR_DATE_ORDER set to "
    "day_first or month_first",
}
# Of a CHECK whose form has no words here.
OTHERWISE = "a value that agrees with the columns beside it"
_RANGE = re.compile(r"\(\w+ BETWEEN (.+) AND (.+)\)")
_LIST = re.compile(r"\(\w+ IN \((.+)\)\)")
_ABOVE = re.compile(r"\(\w+ > (-?[\d.]+)\)")
_CODE = re.compile(r"regexp_full_match\(\w+, '\[A-Z\]\{3\}'\)")
_DECIMAL = re.compile(r"DECIMAL\((\d+), ?(\d+)\)")
_CAST = re.compile(r"CAST\((.*?) AS [^()]+(?:\([^()]*\))?\)")


def words_of_check(rule: str) -> str:
    """What a CHECK on one column accepts; `rule` is the expression as DuckDB writes it.

    >>> words_of_check("(score BETWEEN 0 AND 10)")
    'from 0 to 10'
    """
    plain = _CAST.sub(r"\1", rule)
    if match := _RANGE.fullmatch(plain):
        low, high = match.groups()
        is_time = low.startswith("'")
        return f"a day from {low[1:5]} to {int(high[1:5]) - 1}" if is_time else f"from {low} to {high}"
    if match := _LIST.fullmatch(plain):
        values = [value.strip("' ") for value in match[1].split(",")]
        return f"{', '.join(values[:-1])} or {values[-1]}"
    if match := _ABOVE.fullmatch(plain):
        return f"a number above {match[1]}"
    if _CODE.fullmatch(plain):
        return "an ISO 4217 code of three letters, such as EUR"
    return OTHERWISE


def words_of_number(kind: str) -> str:
    """What a numeric column accepts; `kind` is its type.

    >>> words_of_number("DECIMAL(18,4)")
    'a number below 100,000,000,000,000, such as 1234.50'
    """
    if match := _DECIMAL.fullmatch(kind):
        return f"a number below {10 ** (int(match[1]) - int(match[2])):,}, such as 1234.50"
    return "a whole number"
