"""Which column of an unknown header is which canonical one, and which kind of record fits best.

Here: judging names against the words of hints.py and values by their profiles, rivals, the kind. Not here: the words
and shapes themselves, the text of the draft (draft.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import duckdb

from pipelines.raw.hints import (
    ANSWER_WORDS,
    COUNTS,
    CUSTOMER_SUMS,
    HELPERS,
    HINTS,
    ID_WORDS,
    NAMELESS,
    NEUTRAL,
    NO_CUSTOMERS,
    ORDER_WORDS,
    OTHER_METRICS,
    OTHER_MONEY,
    REVIEW_WORDS,
)
from pipelines.raw.kinds import Kind
from pipelines.raw.profiles import DOUBTFUL, SURE, Profile
from pipelines.warehouse.quoting import identifier

# More than any name of a column can have.
QUESTION_POINTS = 9.0
AGAINST = 1.5
WEAK = 0.5
# A name of more words than this is a sentence: its words say what is asked, not what the column is.
LONGEST_NAME = 6
# "Refunded?" is a name.
SHORTEST_QUESTION = 2
RIVALS_SHOWN = 3
# A column that no record needs is left out below this.
LEAST_OPTIONAL = 1.0
# An id with more points than this is named as what it is.
LEAST_CLEAR = 2.0


@dataclass(frozen=True)
class Guess:
    """A column of the file taken for a canonical one.

    fit: how well its values fit. points: how strongly its name says so, 0 if only values do. doubts: what speaks
    against it, in words. rivals: columns that could be meant instead.
    """

    column: str
    fit: float
    points: float
    doubts: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Header:
    """The columns of a file: profiles in the file's order, and what their names say as questions."""

    profiles: Mapping[str, Profile]
    recommendations: frozenset[str] = frozenset()
    other_scales: frozenset[str] = frozenset()
    reasons: frozenset[str] = frozenset()

    @property
    def words(self) -> frozenset[str]:
        """All words of all names."""
        return frozenset(word for name in self.profiles for word in words(name))

    @property
    def sums_customers(self) -> bool:
        """Whether a column sums a customer up."""
        return any(sums <= set(words(name)) for name in self.profiles for sums in CUSTOMER_SUMS)


@dataclass(frozen=True)
class Guesses:
    """The kind of record, its columns, and what rows of the file show together.

    repeats: whether an order's id stands in several rows. varies: whether its total differs between them. remarks: what
    the operator should know of the draft as a whole.
    """

    kind: Kind
    columns: Mapping[str, Guess]
    worth: float = 0.0
    repeats: bool = False
    varies: bool = False
    remarks: tuple[str, ...] = field(default=())


def read_header(connection: duckdb.DuckDBPyConnection, profiles: Mapping[str, Profile]) -> Header:
    """Which names ask for a recommendation, for a reason, or state another scale."""
    rows = connection.sql(
        "SELECT name, is_recommendation(name), is_other_scale(name), is_reason(name) "
        "FROM (SELECT unnest($1::VARCHAR[]) AS name)",
        params=[list(profiles)],
    ).fetchall()
    found = [frozenset(row[0] for row in rows if row[place]) for place in (1, 2, 3)]
    return Header(profiles, *found)


def guess(connection: duckdb.DuckDBPyConnection, header: Header, kinds: Mapping[str, Kind]) -> Guesses:
    """The kind that fits best, with its columns; the batch must still be in `input`."""
    every = {name: _guesses(kind, header) for name, kind in kinds.items()}
    best = max(every.values(), key=lambda one: (one.worth, one.kind.name))
    if header.recommendations or not best.columns:
        best = every["responses"]
    elif _is_review(header, best, every["reviews_given"]):
        best = every["reviews_given"]
    elif not lacks(every["customers"]) and (header.sums_customers or (lacks(best) and not NO_CUSTOMERS & header.words)):
        best = every["customers"]
    if best.kind.name == "orders":
        best = _whole_orders(connection, best)
        if best.varies and "quantity" in every["order_lines"].columns:
            best = _lines(best, every["order_lines"])
    return best


def words(text: str) -> tuple[str, ...]:
    """The words of a name, lower case without accents; camelCase is split."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", text)
    plain = unicodedata.normalize("NFKD", apart.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return tuple(re.findall(r"[a-z0-9]+", plain))


def made_id(kind: Kind) -> str | None:
    """The id that can be made from the row if the file has none."""
    return next((name for name in kind.required if name in {"response_id", "line_id", "invitation_id"}), None)


def hint(kind: Kind, name: str) -> tuple[str, tuple[str, ...]]:
    """Shape and phrases of a canonical column or helper of a kind."""
    return HINTS.get(f"{kind.name}.{name}") or HINTS.get(name) or ("text", ())


def _points(column: str, phrases: tuple[str, ...]) -> tuple[float, float, str]:
    """How strongly a name matches: more for common words, less for other ones; less with words against it."""
    given = words(column)
    best, foreign = 0.0, ""
    for phrase in phrases:
        parts = phrase.lstrip("~").split()
        if phrase.startswith("-") or not set(parts) <= set(given):
            continue
        is_weak = phrase.startswith("~")
        points = len(parts) + 1.0 - WEAK * is_weak - 0.15 * (len(given) - len(parts))
        if points > best:
            best = points
            foreign = next((word for word in given if word not in NEUTRAL and word not in parts), "") if is_weak else ""
    if best <= 0:
        return 0.0, 0.0, ""
    included = {"inc", "incl", "including", "ttc", "inkl"} & set(given)
    against = [word for word in given if f"-{word}" in phrases and not (included and word in {"tax", "vat", "mwst"})]
    if against:
        return best, max(best - AGAINST * len(against), 0.1), against[0]
    return best, best, foreign


@dataclass(frozen=True)
class _Candidate:
    name: str
    guess: Guess
    raw_points: float
    rank: float


def _candidates(kind: Kind, header: Header) -> list[_Candidate]:
    candidates = []
    required = set(kind.required)
    for name in (*kind.names, *HELPERS.get(kind.name, ())):
        shape, phrases = hint(kind, name)
        for column, profile in header.profiles.items():
            raw, points, against = _named(kind, name, column, header, phrases)
            fit = profile.fit(shape, is_named=points > 0)
            # A blank column says nothing against its name, unless it is needed.
            if points and not profile.filled and name not in required:
                fit = DOUBTFUL
            elif points < QUESTION_POINTS and fit < (DOUBTFUL if points else SURE):
                continue
            if against and name not in required and points < LEAST_OPTIONAL:
                continue
            if not points and not _needs_no_name(kind, name, shape, column):
                continue
            doubts = (f'its name says "{against}"',) if against else ()
            rank = points + fit + (name in required)
            candidates.append(_Candidate(name, Guess(column, fit, points, doubts), raw, rank))
    return sorted(candidates, key=lambda one: (-one.rank, one.name, one.guess.column))


def _needs_no_name(kind: Kind, name: str, shape: str, column: str) -> bool:
    """Whether values alone may suggest the column: an address always; small numbers unless they count something."""
    if shape in {"email", "metric"}:
        return True
    given = set(words(column))
    others = COUNTS if name == "score" else OTHER_MONEY if name == "total" else set()
    return f"{kind.name}.{name}" in NAMELESS and not given & others


def _named(kind: Kind, name: str, column: str, header: Header, phrases: tuple[str, ...]) -> tuple[float, float, str]:
    """Points of a name without and with the words against it; a question is judged as a question."""
    if kind.name == "responses" and column in header.recommendations:
        return (QUESTION_POINTS, QUESTION_POINTS, "") if name == "score" else (0.0, 0.0, "")
    given = words(column)
    if name == "score" and OTHER_METRICS & set(given):
        return 1.0, 1.0, ""
    if name == "comment" and column in header.reasons and len(given) > 1:
        return 2.0, 2.0, ""
    if len(given) > LONGEST_NAME or (column.rstrip().endswith("?") and len(given) > SHORTEST_QUESTION):
        return (2.0, 2.0, "") if name == "comment" and column in header.reasons else (0.0, 0.0, "")
    return _points(column, phrases)


def _guesses(kind: Kind, header: Header) -> Guesses:
    """How well a kind fits, and which column is which; a column serves once."""
    candidates = _candidates(kind, header)
    chosen: dict[str, _Candidate] = {}
    taken: set[str] = set()
    for one in candidates:
        if one.name not in chosen and one.guess.column not in taken:
            chosen[one.name] = one
            taken.add(one.guess.column)
    columns = {
        name: replace(one.guess, rivals=_rivals(one, candidates, taken, is_required=name in kind.required))
        for name, one in chosen.items()
    }
    named = [name for name in kind.required if name in chosen]
    worth = sum((2 if name in kind.required else 1) * (0.5 + one.guess.points) for name, one in chosen.items())
    missing: float = len([name for name in kind.required if name not in chosen and name != made_id(kind)])
    missing += bool(kind.either) and not any(name in chosen for name in kind.either)
    # Every file has numbers and times: without a matching name they are a weak sign, with words against it too.
    missing += sum(0.5 for name in named if not chosen[name].guess.points or chosen[name].guess.points < LEAST_OPTIONAL)
    if kind.name in {"orders", "order_lines"} and header.words & ANSWER_WORDS and not header.words & ORDER_WORDS:
        missing += 1
    return Guesses(kind, columns, worth - 4 * missing)


def _rivals(chosen: _Candidate, candidates: list[_Candidate], taken: set[str], *, is_required: bool) -> tuple[str, ...]:
    """Columns that could be meant instead, the likeliest first."""
    others = [
        one
        for one in candidates
        if one.name == chosen.name
        and one.guess.column != chosen.guess.column
        and (one.raw_points > 0 or not chosen.raw_points)
    ]
    shape = HINTS.get(chosen.name, ("",))[0]
    if shape == "time" and is_required:
        # The day of shipping serves for another column too, and is still what a day of ordering is mistaken for.
        rivals = others
    elif shape == "number":
        least = 0.0 if is_required else LEAST_OPTIONAL
        rivals = [
            one
            for one in others
            if one.guess.column not in taken and one.guess.points > least and not is_other_money(one.guess.column)
        ]
    elif shape in {"id", "unique"}:
        is_clear = chosen.guess.points > LEAST_CLEAR
        named = ID_WORDS - {"name"} if is_clear else ID_WORDS
        rivals = [
            one
            for one in others
            if one.guess.column not in taken
            and one.guess.points > (WEAK if is_clear else 0.0)
            and named & set(words(one.guess.column))
        ]
    else:
        rivals = [one for one in others if one.guess.column not in taken]
        if not OTHER_METRICS & set(words(chosen.guess.column)):
            rivals = [one for one in rivals if not OTHER_METRICS & set(words(one.guess.column))]
    rivals.sort(key=lambda one: (-one.raw_points, one.guess.column))
    return tuple(one.guess.column for one in rivals)


def is_other_money(column: str) -> bool:
    """Whether a name says that its money is a part of an order: its tax, unless the total is without tax."""
    given = set(words(column))
    return bool(given & OTHER_MONEY) and not given & {"ex", "excl", "excluding", "inc", "incl", "including", "without"}


def _is_review(header: Header, best: Guesses, reviews: Guesses) -> bool:
    """Whether the file holds public reviews: marks out of five, and words of reviews."""
    score = best.columns.get("score")
    if best.kind.name == "responses" and score and not header.profiles[score.column].is_five():
        return False
    if not any(name in reviews.columns for name in ("customer_email", "customer_id")):
        return False
    fives = [name for name, one in header.profiles.items() if one.filled and one.is_five()]
    return "given_at" in reviews.columns and bool(REVIEW_WORDS & header.words) and bool(fives)


def lacks(guesses: Guesses) -> bool:
    """Whether a record of the kind needs a column that the file does not have."""
    kind, columns = guesses.kind, guesses.columns
    required = [name for name in kind.required if name not in columns and name != made_id(kind)]
    return bool(required) or (bool(kind.either) and not any(name in columns for name in kind.either))


def _lines(orders: Guesses, lines: Guesses) -> Guesses:
    """The guesses for items, where a row is an item and no column holds the total of its order."""
    order = orders.columns["order_id"]
    others = {name: one for name, one in lines.columns.items() if one.column != order.column}
    remark = "a row is an item, and no column holds an order's total: orders need a file or a format of their own"
    return replace(lines, columns={**others, "order_id": order}, remarks=(remark,))


def _whole_orders(connection: duckdb.DuckDBPyConnection, orders: Guesses) -> Guesses:
    """The guesses for orders, with a total that is one per order if there is such a column."""
    order, total = orders.columns.get("order_id"), orders.columns.get("total")
    if order is None or total is None:
        return orders
    totals = [total.column, *total.rivals]
    tests = ", ".join(f"count(DISTINCT clean({identifier(name)}::VARCHAR))" for name in totals)
    most = ", ".join(f"max(n{place})" for place in range(len(totals)))
    names = ", ".join(f"n{place}" for place in range(len(totals)))
    [(rows, *distinct)] = connection.sql(
        f"SELECT max(rows), {most} FROM (SELECT count(*), {tests} FROM input "
        f"WHERE clean({identifier(order.column)}::VARCHAR) IS NOT NULL "
        f"GROUP BY file_id, clean({identifier(order.column)}::VARCHAR)) AS grouped(rows, {names})"
    ).fetchall()
    if (rows or 1) <= 1:
        return orders
    whole = [name for name, count in zip(totals, distinct, strict=True) if (count or 0) <= 1]
    columns = dict(orders.columns)
    if whole and whole[0] != total.column:
        columns["total"] = replace(
            total, column=whole[0], rivals=tuple(name for name in totals if name != whole[0]), doubts=()
        )
    return replace(orders, columns=columns, repeats=True, varies=not whole)
