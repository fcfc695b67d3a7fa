"""The command line: the jobs that the UI shows, in one process without a daemon.

Here: arguments, the order of the jobs, exit codes (0; 1 with one message; 2 for wrong usage). Not here: what the jobs
do, and what the commands say (summary.py, status.py, why.py, explanation.py, erasure.py).
"""

import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from functools import partial, wraps
from pathlib import Path
from typing import Any

import click

from assets import assistant, calibration, demo, dictionary, simulation, who
from assets.in_process import Problem, execute, instance_of
from pipelines.obstacles import sentence
from pipelines.settings import Settings, SettingsError


def command(function: Callable[..., None]) -> Callable[..., None]:
    """Turn errors of settings and files into one message without a traceback."""

    @wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (whatever click passes)
        from pipelines.warehouse.connection import DatabaseError, WarehouseError

        try:
            function(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            # Dagster's records are on the same disk: when it is full, any error of Dagster's may come up.
            obstacle = None if isinstance(error, SettingsError) else sentence(str(error), Settings())
            if obstacle is None and not isinstance(error, (SettingsError, WarehouseError, OSError, DatabaseError)):
                raise
            raise Problem(obstacle or str(error)) from error

    return guarded


def entry() -> None:
    """The console script; it skips the interpreter's shutdown, in which DuckDB 2.0 prints a page of leak notices."""
    code: object = 0
    try:
        main()
    except SystemExit as stop:
        code = stop.code
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else int(code is not None))


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.option("-v", "--verbose", is_flag=True, help="Show Dagster's own log.")
@click.version_option(package_name="northstar", message="%(prog)s %(version)s")
@click.pass_context
def main(context: click.Context, verbose: bool) -> None:  # noqa: FBT001 (click passes it by name)
    """NPS with its error, customers with their money: from exports in a folder to one DuckDB file."""
    context.obj = verbose
    if sys.stderr.isatty():
        return
    os.environ.setdefault("NO_COLOR", "1")


@main.command()
@click.pass_obj
@command
def run(verbose: bool) -> None:  # noqa: FBT001
    """Load what landed, compute every month that has data, publish, and sum up.

    While nothing has landed: simulates a small shop in a home of its own, beside the shop's.
    """
    settings = demo.settings_to_use(may_simulate=True)
    demo.say(settings, err=False)
    _night(settings, verbose=verbose)
    from assets.summary import summary
    from pipelines.ops.headlines import headlines

    click.echo(summary(settings, headlines(settings), demo.landing(settings)))
    if last := demo.afterthought(settings):
        click.echo(f"\n{last}")


@main.command()
@click.pass_obj
@command
def nightly(verbose: bool) -> None:  # noqa: FBT001
    """Do what the schedule does: load what landed, recompute stale months and the open one, publish."""
    _night(_shop_or_demo(), verbose=verbose)


@main.command()
@click.argument("first", metavar="FROM")
@click.argument("last", metavar="TO")
@click.option("--select", "tables", multiple=True, metavar="SCHEMA/TABLE", help="Only these tables; may be repeated.")
@click.pass_obj
@command
def backfill(verbose: bool, first: str, last: str, tables: tuple[str, ...]) -> None:  # noqa: FBT001
    """Recompute the months FROM..TO (YYYY-MM), publish."""
    from pipelines.figures import BY_TABLE
    from pipelines.periods import Clock, Window, next_month

    settings = _shop_or_demo()
    start, end = _month(first), _month(last)
    clock = Clock(settings.as_of, settings.timezone)
    if not settings.first_month <= start <= end <= clock.open_month:
        message = (
            f"{first}..{last} is not a range of months from {settings.first_month:%Y-%m} "
            f"(NORTHSTAR_FIRST_MONTH) to {clock.open_month:%Y-%m}"
        )
        raise click.UsageError(message)
    selected = [table.replace("/", ".") for table in tables]
    unknown = [name for name in selected if name not in BY_TABLE]
    if unknown:
        allowed = ", ".join(name.replace(".", "/") for name in BY_TABLE)
        message = f"{', '.join(unknown)}: not a figure table; allowed are {allowed}"
        raise click.UsageError(message)
    execute("figures", settings, verbose=verbose, months=Window(start, next_month(end)), tables=selected)


main.command()(command(simulation.simulate))
main.command()(command(calibration.calibrate))
main.command()(command(who.who))
main.command()(command(assistant.mcp))
main.command()(command(dictionary.dictionary))


@main.command()
@click.option("--open", "is_opened", is_flag=True, help="Show it in the browser.")
@click.option("--send", "is_sent", is_flag=True, help="Send the headline and the page to NORTHSTAR_NOTIFY.")
@command
def report(is_opened: bool, is_sent: bool) -> None:  # noqa: FBT001
    """Write the owner's page from the published file, and nothing else."""
    from pipelines.report.page import NothingPublishedError, write

    settings = _shop_or_demo()
    try:
        path = write(settings, is_demo=demo.is_demo(settings.home))
    except NothingPublishedError as error:
        raise Problem(str(error)) from None
    click.echo(path)
    if is_sent:
        _send_letter(settings)
    if is_opened:
        click.launch(path.as_uri())


def _send_letter(settings: Settings) -> None:
    from assets.letter import send
    from pipelines.notify import NotifyError

    try:
        if not send(settings):
            message = "NORTHSTAR_NOTIFY has no address: nothing was sent."
            raise Problem(message)
    except NotifyError as error:
        raise Problem(str(error)) from None


@main.command()
@click.option(
    "--max-age",
    type=click.FloatRange(0, min_open=True),
    metavar="HOURS",
    help="Exit with 1 if the published file is missing or older, or the last night failed: for monitoring.",
)
@command
def status(max_age: float | None) -> None:
    """Show the last run, the age of the published file, stale months, files waiting and refused rows."""
    from assets.status import alarm_reason, describe
    from pipelines.ops.status import status as read_status

    settings = _shop_or_demo()
    state = read_status(settings)
    click.echo(describe(settings, state))
    if last := demo.afterthought(settings):
        click.echo(last)
    if max_age is not None and (reason := alarm_reason(state, max_age)):
        raise Problem(reason)


@main.command()
@click.argument("month")
@command
def why(month: str) -> None:
    """Show how a month's figures (YYYY-MM) moved since they were first published, and which records moved them."""
    from assets.why import describe
    from pipelines.ops.why import NoDataError, history

    start = _month(month)
    try:
        click.echo(describe(history(_shop_or_demo(), start)))
    except NoDataError as error:
        raise Problem(str(error)) from None


@main.command()
@command
def formats() -> None:
    """List the formats, each with the columns it is recognised by."""
    from assets.explanation import format_list
    from pipelines.raw.formats import known_formats

    click.echo(format_list(known_formats(Settings())))


@main.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--save", "name", metavar="NAME", help="Save the draft for an unknown header as formats/NAME.<kind>.sql.")
@command
def explain(file: Path, name: str | None) -> None:
    """Show what one file would do, without loading it; draft the SQL format for an unknown header."""
    from assets.explanation import explanation
    from pipelines.raw.draft import save
    from pipelines.raw.trial import trial

    settings = Settings()
    if name is not None and not name.replace("-", "_").isidentifier():
        message = f"{name!r} cannot be a format's name: letters, digits, - and _ are allowed"
        raise click.UsageError(message)
    trials = trial(file, settings)
    click.echo(explanation(trials))
    if name is None:
        return
    drafts = [one.draft for one in trials if one.draft]
    if len(drafts) != 1:
        message = f"There are {len(drafts)} drafts to save: --save is for a file with one unknown header."
        raise Problem(message)
    saved = save(drafts[0], name, settings.formats_path)
    click.echo(f"saved as {saved}: correct it, try it with `northstar check`, then run `northstar nightly`")


@main.command()
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@command
def check(files: tuple[Path, ...]) -> None:
    """Show what files would load together and every reason to doubt it, without keeping anything.

    Exits with 0 if nothing gives reason to doubt, with 1 if something does, with 2 for wrong usage.
    """
    from assets.checkup import describe, gives_doubt
    from pipelines.ops.checkup import checkup

    settings = Settings()
    found = checkup(files, settings)
    click.echo(describe(settings, found))
    if gives_doubt(settings, found):
        click.get_current_context().exit(1)


@main.command()
@click.argument("who", metavar="EMAIL_ID_OR_PHONE")
@click.pass_obj
@command
def erase(verbose: bool, who: str) -> None:  # noqa: FBT001
    """Forget a person: an e-mail address, an id, source:id, a phone number, or - to read one from standard input.

    Score and money still count. Who the person is and what they wrote is removed from the vault, the warehouse and the
    published file, and does not come back with an old export. The process list and the shell's history may show an
    argument; they do not show standard input.
    """
    from assets import erasure
    from pipelines.raw.erasure.request import AmbiguousError

    settings = Settings()
    person = (sys.stdin.readline() if who == "-" else who).strip()
    if not person:
        message = "no e-mail address, id or phone number was given"
        raise click.UsageError(message)
    try:
        forgotten = erasure.erase(settings, person)
    except AmbiguousError as error:
        raise Problem(str(error)) from error
    if forgotten.is_known:
        _night(settings, verbose=verbose)
    click.echo(erasure.outcome(forgotten))
    if not forgotten.is_known:
        message = "Nobody in the vault is known by that. The request is filed: a later delivery does not bring them in."
        raise Problem(message)


PORT = click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)


@main.command()
@PORT
@command
def ui(port: int) -> None:
    """Run Dagster's webserver and daemon on 127.0.0.1 until interrupted."""
    from assets.servers import both

    settings = _shop_or_demo()
    try:
        both(settings, port)
    finally:
        demo.say(settings)


@main.command()
@PORT
@click.option("--path-prefix", metavar="/PATH", default="", help="Where a reverse proxy shows it, such as /northstar.")
@command
def webserver(port: int, path_prefix: str) -> None:
    """Run the webserver alone, on 127.0.0.1: one of the two services of assets/systemd."""
    from assets import servers

    servers.become(servers.webserver(Settings(), port, path_prefix))


@main.command()
@command
def daemon() -> None:
    """Run the daemon alone, which starts nights and loads of the day: the other service."""
    from assets import servers

    servers.become(servers.daemon(Settings()))


@main.command()
@click.option("--vault", is_flag=True, help="Rebuild the vault too, from the landing folder.")
@click.option("--without-missing", is_flag=True, help="With --vault: lose what the landing folder no longer holds.")
@click.pass_obj
@command
def rebuild(verbose: bool, vault: bool, without_missing: bool) -> None:  # noqa: FBT001
    """Rebuild warehouse and published file from the vault, beside the old ones, which stay until then."""
    from assets.rebuild import rebuild as run_rebuild

    run_rebuild(_shop_or_demo(), partial(execute, verbose=verbose), vault=vault, without_missing=without_missing)


@main.command()
@click.pass_obj
@command
def recheck(verbose: bool) -> None:  # noqa: FBT001
    """Run every check over everything, and publish; a night runs those whose tables changed since they passed."""
    execute("recheck", _shop_or_demo(), verbose=verbose)


@main.command(name="remove-demo")
@click.pass_obj
@command
def remove_demo(verbose: bool) -> None:  # noqa: FBT001
    """Take a simulated shop out of the home of your own: move its files, delete its records, publish without it.

    Your own files stay as they are. The simulated files are moved to the folder simulated_shop of the home.
    """
    settings = Settings()
    click.echo("\n".join(demo.remove(settings)))
    from assets.rebuild import rebuild as run_rebuild

    run_rebuild(settings, partial(execute, verbose=verbose), vault=False, without_missing=False)


def _night(settings: Settings, *, verbose: bool) -> None:
    from assets.core import STALE_END, STALE_START
    from assets.partitions import RANGE_END, RANGE_START, months_from_tags
    from assets.resources import NIGHT

    tags = {NIGHT: settings.as_of.isoformat(timespec="seconds")}
    with instance_of(settings, runs_here=True) as instance:
        run = partial(execute, settings=settings, verbose=verbose, tags=tags, instance=instance)
        run_tags = run("ingest")
        if STALE_START not in run_tags:
            run("publish")
            return
        months = months_from_tags({RANGE_START: run_tags[STALE_START], RANGE_END: run_tags[STALE_END]})
        run("figures", months=months)


def _shop_or_demo() -> Settings:
    settings = demo.settings_to_use()
    demo.say(settings)
    return settings


def _month(text: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 (a month has no zone)
    except ValueError:
        message = f"{text!r} is not a month, YYYY-MM"
        raise click.UsageError(message) from None
