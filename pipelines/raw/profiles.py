"""The shapes of a file's columns: what share of their cells are addresses, numbers, times, scores and so on.

Here: one pass over a sample of `input`, and how well a column fits a shape. Not here: what columns are called
(hints.py), which column is which (guesses.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from pipelines.raw.hints import (
    EPOCHS,
    FINISHED,
    LIVE,
    METRIC_WORDS,
    NPS_WORDS,
    TESTING,
    TIME_FORMATS,
    TIME_SHAPE,
    UNFINISHED,
)
from pipelines.warehouse.frames import frame
from pipelines.warehouse.quoting import identifier, literal

SAMPLE_ROWS = 2000
FITS = 0.8
DOUBTFUL = 0.5
SURE = 0.95
# Of a year before this one no order and no answer is exported.
FIRST_YEAR = 1990


@dataclass(frozen=True)
class Profile:
    """A column of the file: counts of cells, and the shares of filled ones that have each shape.

    rows: of the sample. low, high: of the cells that are scores. five: marks out of five (4/5, ★★★★). metric: cells
    that name a metric, nps: that name NPS. progress: words for how far a survey was filled in.
    region: two capital letters.
    """

    rows: int = 0
    filled: int = 0
    distinct: int = 0
    email: float = 0.0
    score: float = 0.0
    low: int | None = None
    high: int | None = None
    five: float = 0.0
    number: float = 0.0
    negative: float = 0.0
    boolean: float = 0.0
    word: float = 0.0
    code: float = 0.0
    region: float = 0.0
    phone: float = 0.0
    person: float = 0.0
    testing: float = 0.0
    cents: float = 0.0
    metric: float = 0.0
    nps: float = 0.0
    progress: float = 0.0
    clock: float = 0.0
    midnight: float = 0.0
    nested: float = 0.0
    written_time: float = 0.0
    plain_time: float = 0.0
    times: tuple[float, ...] = ()

    @property
    def time(self) -> float:
        """Share of times in the spelling that fits best."""
        return max(self.written_time, self.plain_time, *self.times)

    def is_five(self, *, is_likely: bool = False) -> bool:
        """Whether the scores are on a scale of 1 to 5.

        is_likely: the name speaks for 0 to 10, so that a few low scores in a row are no evidence.
        """
        if self.five >= DOUBTFUL:
            return True
        within = self.low is not None and self.low >= 1 and (self.high or 0) <= 5
        return within and (not is_likely or self.filled >= 10)

    def fit(self, shape: str, *, is_named: bool = False) -> float:
        """How well the column's values fit a shape, 0 to 1. is_named: its name says so, so a stray value is a stray."""
        if not self.filled or self.nested >= DOUBTFUL:
            return 0.0
        words = self.word * (self.email < FITS) * (self.time < FITS)
        is_yes_or_no = self.boolean >= SURE and self.distinct == 2
        fits = {
            "any": 1.0,
            "time": self.time,
            "score": max(self.score, self.five) if is_named or self.distinct <= 11 else 0.0,
            "number": self.number if (self.time < FITS or is_named) and not is_yes_or_no else 0.0,
            "email": self.email,
            "boolean": self.boolean,
            "code": self.code,
            "phone": self.phone,
            "person": self.person,
            "testing": max(self.testing, self.boolean),
            "metric": self.metric,
            "progress": max(self.progress, self.boolean),
            "clock": self.clock,
            "word": (1.0 - self.email) * (self.time < FITS) * (self.region < FITS),
            "id": words,
            "unique": words * (self.distinct >= SURE * self.filled),
            "text": (1.0 - self.email) * (self.time < FITS),
        }
        return fits[shape]


def read_profiles(connection: duckdb.DuckDBPyConnection) -> dict[str, Profile]:
    """The profile of every column of the table `input`, in the order of the file."""
    columns = [name for name in connection.sql("SELECT * FROM input").columns if name not in {"file_id", "row_number"}]
    cells = " UNION ALL ".join(
        f"SELECT {number} AS position, clean({identifier(name)}::VARCHAR) AS cell FROM sampled"
        for number, name in enumerate(columns)
    )
    [(rows,)] = connection.sql(f"SELECT count(*) FROM (SELECT * FROM input LIMIT {SAMPLE_ROWS})").fetchall()
    shares = ", ".join(f"avg(coalesce({test}, false)::INT)" for test in _TESTS)
    # Behind a CASE, because patterns are tried on every cell elsewhere: a tenth of the time for a file of many texts.
    times = [
        f"coalesce(CASE WHEN is_time THEN year(try_strptime(cell, {literal(one)})) >= {FIRST_YEAR} END, false)"
        for one in TIME_FORMATS
    ]
    times += [f"regexp_full_match(cell, {literal(pattern)})" for pattern, _ in EPOCHS]
    found = frame(
        connection.sql(
            f"""
            WITH sampled AS MATERIALIZED (SELECT * FROM input LIMIT {SAMPLE_ROWS})
            SELECT position, count(*), count(DISTINCT cell), min(parse_score(cell)), max(parse_score(cell)),
                {shares}, {", ".join(f"avg(({one})::INT)" for one in times)}
            FROM (SELECT *, regexp_full_match(cell, {literal(TIME_SHAPE)}) AS is_time FROM ({cells}))
            WHERE cell IS NOT NULL GROUP BY position ORDER BY position
            """
        )
    ).rows()
    profiles = dict.fromkeys(columns, Profile(rows=rows))
    for position, filled, distinct, low, high, *rest in found:
        named = dict(zip(_NAMES, rest, strict=False))
        profiles[columns[position]] = Profile(
            rows, filled, distinct, low=low, high=high, times=tuple(rest[len(_NAMES) :]), **named
        )
    return profiles


_SHARES: Mapping[str, str] = {
    "email": r"regexp_full_match(cell, '[^@\s<>(){}\[\],;:\"]+@[^@\s<>(){}\[\],;:\"]+\.[^@\s<>(){}\[\],;:\"]+')",
    "score": "parse_score(cell) IS NOT NULL",
    "five": r"regexp_full_match(lower(cell), '[1-5]([.,]0)? ?(/|of|out of|von|sur|de|su|van) ?5|[★⭐]{1,5}[☆✩]{0,4}"
    r"|[1-5] ?(stars?|sterne?|etoiles?|étoiles?|estrellas?|stelle)')",
    "number": "parse_decimal(cell) IS NOT NULL OR regexp_full_match(cell, '[(-]?\\D{0,3}\\d[\\d.,]*\\D{0,4}[)-]?')",
    "negative": r"regexp_matches(cell, '^[-−(]|-$') AND regexp_matches(cell, '\d')",
    "boolean": "parse_boolean(cell) IS NOT NULL",
    "word": r"regexp_full_match(cell, '\S{1,64}')",
    "code": "regexp_full_match(cell, '[A-Za-z]{2,3}')",
    "region": "regexp_full_match(cell, '[A-Z]{2}')",
    "testing": f"lower(cell) IN ({', '.join(literal(word) for word in (*TESTING, *LIVE))})",
    "cents": r"regexp_full_match(cell, '-?\d{3,}')",
    "person": r"regexp_full_match(cell, '[^\d@#]*\pL[^\d@#]*')",
    "phone": r"regexp_full_match(cell, '''?[+]?[\d ()./-]{6,20}') "
    r"AND length(regexp_replace(cell, '\D', '', 'g')) BETWEEN 6 AND 15",
    "metric": f"regexp_matches(lower(cell), {literal(METRIC_WORDS)})",
    "nps": f"regexp_matches(lower(cell), {literal(NPS_WORDS)})",
    "progress": f"regexp_matches(lower(cell), {literal(UNFINISHED)}) OR lower(cell) IN ("
    f"{', '.join(literal(word) for word in FINISHED)})",
    "clock": r"regexp_full_match(cell, '(?i)\d{1,2}:\d{2}(:\d{2})?(\.\d+)? ?([ap]\.? ?m\.?)?')",
    "midnight": r"NOT contains(cell, ':') OR regexp_matches(cell, '\b0?0:00(:00)?\b')",
    "nested": "json_valid(cell) AND left(cell, 1) IN ('{', '[')",
    "written_time": "is_time",
    "plain_time": f"year(parse_time(cell)) >= {FIRST_YEAR}",
}
_NAMES = tuple(_SHARES)
_TESTS = tuple(_SHARES.values())
