"""`northstar status`: the state of the warehouse in words, and whether a monitor should raise an alarm.

Here: the words and the judgement. Not here: reading the state (pipelines/ops/status.py).
"""

from collections.abc import Mapping

from pipelines.ops.nights import Night
from pipelines.ops.status import Status, writer
from pipelines.report.doubts import in_doubt, mostly_refused
from pipelines.report.language import Language
from pipelines.settings import Settings

MOST_MONTHS = 12
INDENT = " " * 17


def describe(settings: Settings, state: Status | None) -> str:
    """Last run, age of the published file, stale months, files waiting, refused rows."""
    who = state.writer if state else writer(settings)
    # The operator's tools speak English; the shop's owner reads the summary and the page.
    english = Language("en", settings.zone)
    lines = [f"home             {settings.home}", f"running now      {who or 'nothing'}"]
    if state is None:
        return "\n".join([*lines, "published file   none yet: northstar run"])
    lines.append(f"published file   {settings.published_path}, {state.hours_old:.1f} hours old")
    if state.is_page_old:
        page = settings.report_path
        lines.append(f"owner's page     {page} is missing or older than the published file: northstar report")
    if (run := state.last_run) is not None:
        lines.append(f"last run         {run.run_id[:8]} at {run.at}: {run.tables} tables, {run.months} months")
    lines += [f"stale months     {_stale_months(state)}", *_night(state.night)]
    lines.append("files            " + (_counts(state.files) or "none"))
    lines.append("rows refused     " + (_counts(state.refusals) or "none"))
    lines += [f"{INDENT}{file.path}: {file.status}{f', {file.reason}' if file.reason else ''}" for file in state.unread]
    lines += [f"{INDENT}{line}" for line in mostly_refused(english, state.mostly_refused, state.more_mostly_refused)]
    doubts = in_doubt(english, state.doubts, state.more_doubts)
    lines += [f"{'in doubt' if not number else '':<17}{line}" for number, line in enumerate(doubts)]
    return "\n".join(lines)


def alarm_reason(state: Status | None, max_age: float) -> str | None:
    """Why a monitor should raise an alarm, or None. max_age: of the published file, in hours."""
    if state is None:
        return "Nothing is published yet."
    if state.hours_old > max_age:
        return f"The published file is {state.hours_old:.1f} hours old, allowed are {max_age:g}."
    if state.night is not None and state.night.status == "failed":
        return f"The last night, {state.night.night_id}, failed: {state.night.reason}."
    return None


def _counts(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counts.items())


def _stale_months(state: Status) -> str:
    if state.stale_months is None:
        return "a run is at it"
    months = ", ".join(f"{month:%Y-%m}" for month in state.stale_months[:MOST_MONTHS])
    return months + (" ..." if len(state.stale_months) > MOST_MONTHS else "")


def _night(night: Night | None) -> list[str]:
    """What the newest night did and why."""
    if night is None:
        return []
    # Running also means: between a night's two runs, or killed and not yet noticed by the next run.
    ended = "not finished" if night.status == "running" else night.status
    reason = f", {night.reason}" if night.reason else ""
    lines = [f"last night       {night.night_id}, begun {night.started}: {ended}{reason}"]
    if night.files_loaded is not None:
        lines.append(
            f"{INDENT}loaded {night.files_loaded} files ({night.files_failed} failed, "
            f"{night.files_unrecognised} not recognised), {night.rows_accepted} rows ({night.rows_rejected} refused)"
        )
    if night.first_stale_month:
        lines.append(f"{INDENT}stale from {night.first_stale_month}: {night.because}")
    if night.published:
        lines.append(
            f"{INDENT}computed {night.months} months, {night.figure_rows} rows of figures, "
            f"published {night.published}; {night.restatements} figures of closed months moved"
        )
    if night.seconds:
        lines.append(f"{INDENT}seconds: {night.seconds}")
    return lines
