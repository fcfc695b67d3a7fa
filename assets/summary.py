"""The summary after a run: the newest score, what customers are worth, what was left out, where to look next.

Here: which lines it has. Not here: the words (pipelines/report/words, in the language of NORTHSTAR_LANGUAGE), reading
the published file (pipelines/ops/headlines.py) and computing any figure.
"""

from collections.abc import Sequence
from pathlib import Path

from pipelines.ops.headlines import Headlines, LeftOut, Score, Worth, Year
from pipelines.report.doubts import in_doubt, mostly_refused
from pipelines.report.language import Language
from pipelines.settings import Settings
from pipelines.statistics.own_point import FEWEST


def summary(settings: Settings, headlines: Headlines | None, landing: Path) -> str:
    """The summary of what is published. landing: where exports go."""
    language = Language(settings.language, settings.zone, headlines.currency if headlines else None)
    if headlines is None:
        return language.text("summary.nothing")
    lines = [
        *_score(settings, language, headlines.score),
        *_year(settings, language, headlines.year),
        *_worth(settings, language, headlines.worth),
        *_left_out(language, headlines.left_out),
        *_doubts(language, headlines),
        "",
        *_where(settings, language, landing),
    ]
    return "\n".join(lines)


def _where(settings: Settings, language: Language, landing: Path) -> list[str]:
    """Where things are, and what to do next, in two columns."""
    page = {"page": str(settings.report_path)} if settings.report_path.exists() else {}
    places = {**page, "file": str(settings.published_path), "landing": str(landing)}
    commands = {"status": "northstar status", "ui": "northstar ui"}
    return [
        *(f"{language.text(f'summary.{name}'):<16} {path}" for name, path in places.items()),
        "",
        *(f"{command:<24}{language.text(f'summary.{name}')}" for name, command in commands.items()),
    ]


def _score(settings: Settings, language: Language, score: Score | None) -> list[str]:
    if score is None:
        return [language.text("summary.no_score")]
    lines = [
        "",
        language.text(
            "summary.month",
            score.responses,
            month=language.month(score.month),
            nps=language.points(score.nps),
            interval=_interval(settings, language, score.low, score.high),
        ),
    ]
    if score.change is not None and score.change_low is not None and score.change_high is not None:
        change, low, high = (
            language.points(value, signed=True) for value in (score.change, score.change_low, score.change_high)
        )
        lines.append(f"  {language.text('summary.change', change=change, low=low, high=high)}")
    if not score.is_reliable:
        lines.append(_few(settings, language))
    elif score.is_change_reliable is False:
        lines.append(f"  {language.text('summary.change_unreliable')}")
    return lines


def _interval(settings: Settings, language: Language, low: float, high: float) -> str:
    confidence = language.share(settings.confidence, 0)
    return language.text(
        "summary.interval", confidence=confidence, low=language.points(low), high=language.points(high)
    )


def _few(settings: Settings, language: Language) -> str:
    return f"  {language.text('summary.few', max(settings.min_responses, FEWEST))}"


def _year(settings: Settings, language: Language, year: Year | None) -> list[str]:
    if year is None:
        return []
    interval = _interval(settings, language, year.low, year.high)
    day, nps = language.day(year.last_day), language.points(year.nps)
    lines = [language.text("summary.year", year.responses, day=day, nps=nps, interval=interval)]
    if not year.is_reliable:
        lines.append(_few(settings, language))
    if year.buyers is not None and year.answered is not None:
        lines.append(f"  {language.text('summary.speaks_for', year.buyers, answered=language.count(year.answered))}")
    if year.buyers is not None and year.everybody_low is not None and year.everybody_high is not None:
        low, high = language.points(year.everybody_low), language.points(year.everybody_high)
        lines.append(f"  {language.text('summary.everybody', year.buyers, low=low, high=high)}")
    if year.weighting_effect is not None and year.weighted_nps is not None and year.linked_nps is not None:
        values = {
            "weighted": language.points(year.weighted_nps),
            "linked": language.points(year.linked_nps),
            "effect": language.points(year.weighting_effect, signed=True),
        }
        lines.append(f"  {language.text('summary.weighted', year.linked_responses, **values)}")
    if year.every_responses > year.responses:
        every = language.points(year.every_nps)
        lines.append(f"  {language.text('summary.year_lower', year.every_responses, every=every)}")
    return lines


def _worth(settings: Settings, language: Language, categories: Sequence[Worth]) -> list[str]:
    if not categories:
        return [language.text("summary.no_worth")]
    lines = ["", language.text("summary.worth")]
    for one in categories:
        interval = ""
        if one.low is not None and one.high is not None:
            low, high = language.money(one.low), language.money(one.high)
            confidence = language.share(settings.confidence, 0)
            interval = f"{language.text('summary.interval', confidence=confidence, low=low, high=high)}, "
        key = "summary.customers" if one.is_reliable else "summary.few_customers"
        name = language.named("category", one.category)
        lines.append(f"  {name:<16}{language.money(one.total):>14}   ({interval}{language.text(key, one.customers)})")
    return lines


def _left_out(language: Language, left_out: LeftOut) -> list[str]:
    files = [
        language.text("summary.files", count, status=language.named("file_status", status))
        for status, count in left_out.files.items()
    ]
    lines = ["", ", ".join([*files, language.text("summary.refused", left_out.refused_rows)])]
    if left_out.superseded_answers:
        lines.append(language.text("summary.superseded", left_out.superseded_answers))
    if left_out.orders_without_rate:
        lines.append(language.text("summary.without_rate", left_out.orders_without_rate))
    return [*lines, *mostly_refused(language, left_out.mostly_refused, left_out.more_mostly_refused)]


def _doubts(language: Language, headlines: Headlines) -> list[str]:
    lines = in_doubt(language, headlines.doubts, headlines.more_doubts)
    return ["", language.text("summary.doubts"), *(f"  {line}" for line in lines)] if lines else []
