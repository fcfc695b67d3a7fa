"""The SQL of a draft's lines: how a guessed column is read, and which rows are refused.

Here: expressions over columns that were guessed. Not here: guessing (guesses.py), the text around them (draft.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from pipelines.raw.guesses import Guesses, Header, hint, words
from pipelines.raw.hints import EPOCHS, HINTS, NPS_WORDS, OTHER_METRICS, TESTING, TIME_FORMATS, UNFINISHED
from pipelines.raw.profiles import DOUBTFUL, FITS, SURE, Profile
from pipelines.warehouse.quoting import identifier, literal

Shown = Mapping[str, str]


def expression(
    name: str, guesses: Guesses, header: Header, shown: Shown, spelled: Collection[str] = frozenset()
) -> str:
    """The expression of one canonical column. spelled: names of times that the loader does not read as they stand."""
    if name == "status" and states(guesses):
        return _status(guesses, header, shown)
    guessed = guesses.columns[name]
    column = identifier(shown[guessed.column])
    if hint(guesses.kind, name)[0] != "time":
        return column
    profile = header.profiles[guessed.column]
    clock = clock_beside(guessed.column, header) if name == guesses.kind.main_time else None
    if clock:
        return f"clean({column}) || coalesce(' ' || clean({identifier(shown[clock])}), '')"
    return _time(column, profile, is_spelled=name in spelled)


def cases(guesses: Guesses, header: Header, shown: Shown) -> list[tuple[str, str, str]]:
    """The lines reject and reject_column, if rows are to be refused: name, expression, note."""
    tests = [*_metric(guesses, header, shown), *_finished(guesses, header, shown), *_test(guesses, header, shown)]
    if not tests:
        return []
    notes = "; ".join(note for _, _, _, note in tests)
    lines = [("reject", _case([(test, reason) for test, reason, _, _ in tests]), f"guess, unsure: {notes}")]
    if any(column for _, _, column, _ in tests):
        # It is read only where a row is refused.
        columns = [(test, column) for test, _, column, _ in tests]
        text = literal("score") if all(column for _, column in columns) else _case(columns)
        lines.append(("reject_column", text, "the column that the reason is about"))
    return lines


def clock_beside(column: str, header: Header) -> str | None:
    """The column with the time of day, where a column has only the day."""
    profile = header.profiles[column]
    if profile.midnight < SURE or not profile.filled or profile.clock >= DOUBTFUL:
        return None
    _, phrases = HINTS["clock"]
    named = [
        name
        for name, one in header.profiles.items()
        if one.clock >= FITS and any(set(phrase.split()) <= set(words(name)) for phrase in phrases)
    ]
    return named[0] if named else None


def zone_beside(header: Header) -> str | None:
    """A column that names time zones."""
    _, phrases = HINTS["zone"]
    named = [name for name in header.profiles if any(set(one.split()) <= set(words(name)) for one in phrases)]
    return named[0] if named else None


def is_either_way(profile: Profile) -> bool:
    """Whether the file's days can be read with the day first and with the month first alike."""
    best = max((*profile.times, 0.0))
    if profile.plain_time >= best:
        return False
    equal = {one for one, share in zip(TIME_FORMATS, profile.times, strict=False) if share == best}
    return bool(equal & {one.replace("%d", "%x").replace("%m", "%d").replace("%x", "%m") for one in equal})


def _time(column: str, profile: Profile, *, is_spelled: bool) -> str:
    """The expression that reads a time: the loader reads most spellings, seconds since 1970 are left to the format."""
    best = max((*profile.times, 0.0))
    if best < DOUBTFUL or profile.plain_time >= best:
        return column
    place = profile.times.index(best)
    if place < len(TIME_FORMATS) and not is_spelled:
        return column
    if place >= len(TIME_FORMATS):
        _, divisor = EPOCHS[place - len(TIME_FORMATS)]
        return f"to_timestamp(TRY_CAST({column} AS DOUBLE){divisor})"
    # A value of another form passes unchanged, so that the refusal shows it.
    return f"coalesce(try_strptime(clean({column}), {literal(TIME_FORMATS[place])})::VARCHAR, {column})"


def states(guesses: Guesses) -> list[str]:
    """The columns beside the status that say that an order is cancelled or refunded."""
    return [name for name in ("cancelled", "given_back") if name in guesses.columns]


def _status(guesses: Guesses, header: Header, shown: Shown) -> str:
    """The status, cancelled or refunded where another column says so."""
    whens = []
    for name in states(guesses):
        guessed = guesses.columns[name]
        profile, column = header.profiles[guessed.column], f"clean({identifier(shown[guessed.column])})"
        is_flag = profile.filled and profile.boolean >= FITS
        test = f"parse_boolean({column})" if is_flag else f"{column} IS NOT NULL"
        whens.append(f"WHEN {test} THEN {literal('refunded' if name == 'given_back' else name)}")
    status = guesses.columns.get("status")
    otherwise = f" ELSE {identifier(shown[status.column])}" if status else ""
    return f"CASE {' '.join(whens)}{otherwise} END"


def other_scale(column: str, header: Header) -> str:
    """What scale a score is on if it is not 0 to 10, in words."""
    if column in header.other_scales:
        return "its question states another scale"
    return "1 to 5" if header.profiles[column].is_five(is_likely=column in header.recommendations) else ""


def _metric(guesses: Guesses, header: Header, shown: Shown) -> list[tuple[str, str, str, str]]:
    """Which rows are no answer to the recommendation question, by the scale, the score's name or a metric column."""
    score, metric = guesses.columns.get("score"), guesses.columns.get("metric")
    if guesses.kind.name != "responses" or score is None:
        return []
    if OTHER_METRICS & set(words(score.column)) and score.column not in header.recommendations:
        return [("true", "not_nps", "score", f'"{shown[score.column]}" is another metric, delete this if it is not')]
    scale = other_scale(score.column, header)
    if scale:
        return [("true", "wrong_scale", "score", f"{scale}: no NPS; delete this if the question is on 0 to 10")]
    if metric is None:
        return []
    column = identifier(shown[metric.column])
    test = f"NOT coalesce(regexp_matches(lower({column}), {literal(NPS_WORDS)}), false)"
    return [(test, "not_nps", "score", f'"{shown[metric.column]}" names the metric')]


def _finished(guesses: Guesses, header: Header, shown: Shown) -> list[tuple[str, str, str, str]]:
    guessed = guesses.columns.get("finished")
    if guessed is None:
        return []
    column = f"lower(clean({identifier(shown[guessed.column])}))"
    profile = header.profiles[guessed.column]
    if profile.boolean > profile.progress:
        test = f"NOT parse_boolean({column})"
    else:
        test = f"regexp_matches({column}, {literal(UNFINISHED)})"
    return [(test, "partial", "", f'"{shown[guessed.column]}" says what is unfinished')]


def _test(guesses: Guesses, header: Header, shown: Shown) -> list[tuple[str, str, str, str]]:
    guessed = guesses.columns.get("test")
    if guessed is None:
        return []
    column, profile = f"clean({identifier(shown[guessed.column])})", header.profiles[guessed.column]
    test = f"lower({column}) IN ({', '.join(literal(word) for word in TESTING)})"
    if profile.boolean > profile.testing or not profile.filled:
        is_live = any(word.startswith("live") for word in words(guessed.column))
        test = f"NOT parse_boolean({column})" if is_live else f"parse_boolean({column})"
    return [(test, "test", "", f'"{shown[guessed.column]}" says what is a test')]


def _case(tests: list[tuple[str, str]]) -> str:
    if tests[0][0] == "true":
        return literal(tests[0][1])
    whens = " ".join(f"WHEN {test} THEN {literal(value) if value else 'NULL'}" for test, value in tests)
    return f"CASE {whens} END"
