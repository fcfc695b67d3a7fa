"""The commands as a person types them: messages and exit codes."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import dagster as dg
import pytest
from forked import Shell, shell
from law.erasable import SHOP as ADAS_SHOP
from law.erasable import remains
from night import copied, hashes, land, rows, settings_for
from shop_files import SHOP

CALL = [sys.executable, "-c", "from assets.cli import entry; entry()"]
AS_OF = {"NORTHSTAR_AS_OF": "2025-03-31T12:00:00Z"}
# The page takes seconds; the first run has it.
PAGELESS = {"NORTHSTAR_REPORT": "false"}
Call = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    with shell(tmp_path_factory.mktemp("shell")) as started:
        yield started


@pytest.fixture(scope="module")
def call(commands: Shell) -> Call:
    """Run a command to its end, as a fork of one process."""

    def called(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        run = commands.start(home, *arguments, **environment)
        return subprocess.CompletedProcess(arguments, run.end(), run.shown.read_text(), run.said.read_text())

    return called


def typed(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end in a process of its own, from the first import to how the interpreter ends."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("NORTHSTAR_", "DAGSTER_"))}
    return subprocess.run(
        [*CALL, *arguments],
        env={
            **inherited,
            "NORTHSTAR_HOME": str(home),
            "NORTHSTAR_SALT": "a salt for the tests",
            **PAGELESS,
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home in which a night has run."""
    folder = tmp_path_factory.mktemp("home")
    land(settings_for(folder), SHOP)
    done = typed(folder, "run", NORTHSTAR_REPORT="true", **AS_OF)
    assert done.returncode == 0, done.stderr
    assert "NPS of February 2025: 50.0" in done.stdout
    assert "Promoters" in done.stdout
    assert "€132.50" in done.stdout
    assert f"owner's page     {folder / 'published' / 'report.html'}" in done.stdout
    assert "core" in done.stderr
    assert "nanobind" not in done.stderr
    assert "ann@example.com" not in done.stdout + done.stderr
    return folder


def test_a_night_again_is_quiet_and_changes_nothing(call: Call, home: Path) -> None:
    settings = settings_for(home)
    before = rows(settings, "SELECT count(*), max(change_id) FROM ops.changes")
    done = call(home, "nightly", **AS_OF)
    assert done.returncode == 0, done.stderr
    assert rows(settings, "SELECT count(*), max(change_id) FROM ops.changes") == before


def test_a_killed_night_leaves_what_was_published_and_the_next_one_completes_it(
    commands: Shell, call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed between its two runs' work: core is new, the figures are not. Other moments: test_crash.py."""
    settings = copied(settings_for(home), tmp_path / "home")
    land(settings, {"late.csv": "response_id,responded_at,score,customer_email\nz,2025-02-25T09:00:00Z,6,cat@x.com\n"})
    before = hashes(settings)
    killed = commands.start(settings.home, "nightly", dies_at="done   core", **AS_OF)
    assert killed.end() == -signal.SIGKILL, killed.said.read_text()
    assert hashes(settings) == before
    done = call(settings.home, "nightly", **AS_OF)
    assert done.returncode == 0, done.stderr
    assert "waiting" not in done.stderr
    counted = "FROM nps.by_period WHERE grain = 'month' AND stage = 'all' AND month = '2025-02-01'"
    assert rows(settings, f"SELECT responses {counted}") == [(3,)]
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster_home))
    with dg.DagsterInstance.get() as instance:
        ended = [run.status for run in instance.get_runs(limit=3)]
    assert ended == [dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE]


def test_status_shows_what_landed_and_what_was_refused(call: Call, home: Path) -> None:
    done = call(home, "status", **AS_OF)
    assert done.returncode == 0, done.stderr
    for words in ("5 loaded", "2 score not_a_score", "1 score missing", "stale months     2025-03"):
        assert words in done.stdout


def test_backfill_publishes_and_shows_its_steps_without_the_help_of_another_process(
    call: Call, home: Path, tmp_path: Path
) -> None:
    # Dagster would show captured lines through `tail` and stop it before the last ones: this one shows none at all.
    tail = tmp_path / "tail"
    tail.write_text("#!/bin/sh\nexec sleep 60\n")
    tail.chmod(0o755)
    path = os.pathsep.join([str(tmp_path), os.environ["PATH"]])
    before = settings_for(home).published_path.stat().st_ino
    done = call(home, "backfill", "2025-01", "2025-02", "--select", "nps/by_period", **AS_OF, PATH=path)
    assert done.returncode == 0, done.stderr
    assert settings_for(home).published_path.stat().st_ino != before
    assert "done   nps/by_period" in done.stderr
    assert "done   published/northstar" in done.stderr


def test_simulate_takes_what_ties_answering_to_satisfaction(call: Call, home: Path, tmp_path: Path) -> None:
    options = ("--customers", "20", "--months", "2", "--seed", "1", "--out", str(tmp_path / "shop"))
    done = call(home, "simulate", *options, "--response-per-satisfaction", "0.9", "--delay-per-satisfaction", "-0.5")
    assert done.returncode == 0, done.stderr
    truth = json.loads((tmp_path / "shop_truth.json").read_text(encoding="utf-8"))
    planted = {name: truth["parameters"][name]["value"] for name in truth["parameters"] if "per_sat" in name}
    assert planted["response_per_satisfaction"] == 0.9
    assert planted["delay_per_satisfaction"] == -0.5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("backfill", "2025-03", "2025-01"), "not a range of months"),
        (("backfill", "2025-13", "2025-01"), "is not a month"),
        (("backfill", "2025-01", "2025-12"), "to 2025-03"),
        (("backfill", "2025-01", "2025-02", "--select", "nps/nothing"), "allowed are nps/by_period"),
        (("simulate", "--customers", "0", "--out", "x"), "customers"),
        (("explain", "no such file"), "does not exist"),
        (("rebuild", "--without-missing"), "--without-missing belongs to --vault"),
        (("sing",), "No such command"),
    ],
)
def test_wrong_usage_exits_with_2(call: Call, home: Path, arguments: tuple[str, ...], words: str) -> None:
    done = call(home, *arguments, **AS_OF)
    assert done.returncode == 2
    assert words in done.stderr


def test_a_wrong_setting_exits_with_1_and_one_message(home: Path) -> None:
    done = typed(home, "status", NORTHSTAR_TIMEZONE="Mars/Phobos")
    assert done.returncode == 1
    assert done.stderr == "NORTHSTAR_TIMEZONE is 'Mars/Phobos'; allowed is an IANA time zone such as Europe/Paris.\n"


def test_a_damaged_warehouse_exits_with_1_and_names_it(call: Call, tmp_path: Path) -> None:
    land(settings_for(tmp_path), SHOP)
    (tmp_path / "warehouse.duckdb").write_bytes(b"not a database" * 1000)
    (tmp_path / "salt").write_text("0" * 64)
    done = call(tmp_path, "nightly", **AS_OF)
    assert done.returncode == 1
    assert "warehouse" in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_several_currencies_stop_money_with_a_message_and_scores_go_on(call: Call, tmp_path: Path) -> None:
    orders = SHOP["orders.csv"].replace("40.00,EUR", "40.00,USD")
    land(settings_for(tmp_path), {**SHOP, "orders.csv": orders})
    done = call(tmp_path, "run", **AS_OF)
    assert done.returncode == 0, done.stderr
    assert "NORTHSTAR_CURRENCY" in done.stderr
    assert "NPS of February 2025: 50.0" in done.stdout
    assert rows(settings_for(tmp_path), "SELECT count(gross), count(*) FROM core.orders") == [(0, 6)]


def test_explain_shows_what_a_file_would_do_and_loads_nothing(call: Call, home: Path, tmp_path: Path) -> None:
    settings = settings_for(home)
    before = rows(settings, "SELECT count(*) FROM ops.files")
    good = tmp_path / "answers.csv"
    good.write_text(SHOP["responses.csv"])
    output = call(home, "explain", str(good)).stdout
    assert "loaded as canonical (responses)" in output
    assert "9 rows: 6 accepted, 3 refused" in output
    assert "row 6: score not_a_score, value '11'" in output
    strange = tmp_path / "strange.csv"
    strange.write_text("colour,taste\nred,sweet\n")
    assert "unrecognised" in call(home, "explain", str(strange)).stdout
    assert rows(settings, "SELECT count(*) FROM ops.files") == before


def test_a_draft_is_saved_and_listed_among_the_formats(call: Call, home: Path, tmp_path: Path) -> None:
    unknown = tmp_path / "unknown.csv"
    unknown.write_text("Ticket,When,Rating,Mail\nT1,31/01/2026 14:05,9,anna@shop.example\n")
    told = call(home, "explain", str(unknown), "--save", "desk").stdout
    assert "-- guess" in told
    assert "anna" not in told
    saved = home / "formats" / "desk.responses.sql"
    try:
        assert saved.read_text() in told
        assert "loaded as desk (responses)" in call(home, "explain", str(unknown)).stdout
        again = call(home, "explain", str(unknown), "--save", "desk")
        assert again.returncode == 1
        assert again.stderr.startswith("There are 0 drafts to save")
        assert call(home, "explain", str(unknown), "--save", "../desk").returncode == 2
        (home / "formats" / "wrong.sql").write_text("SELECT 1")
        listed = call(home, "formats").stdout
        assert f"desk.responses\n  source desk, own: {saved}\n  recognised by: Ticket, When, Rating\n" in listed
        assert (
            "shopify.orders\n  source shopify, shipped: sql/formats/shopify.orders.sql\n  recognised by: Name, "
            in listed
        )
        assert (
            "canonical.customers\n  source canonical, in the program\n"
            "  recognised by: customer_email or customer_id or customer_phone\n" in listed
        )
        assert "not used: " in listed
        assert "wrong.sql: the name of a format is <export>.<kind>.sql" in listed
    finally:
        for path in (home / "formats").iterdir():
            path.unlink()


def test_erase_forgets_names_the_landing_files_and_leaves_no_record(call: Call, tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    land(settings, ADAS_SHOP)
    done = call(tmp_path, "nightly", **AS_OF)
    assert done.returncode == 0, done.stderr
    nobody = call(tmp_path, "erase", "nobody@example.com", **AS_OF)
    assert nobody.returncode == 1
    assert "Nobody in the vault is known by that. The request is filed" in nobody.stderr
    done = call(tmp_path, "erase", "-", told="ada@example.com\n", **AS_OF)
    assert done.returncode == 0, done.stderr
    assert "3 addresses and ids; kept without them: 2 customers, 1 invitations, 3 orders" in done.stdout
    assert [line.strip() for line in done.stdout.splitlines() if line.startswith("  ")] == sorted(ADAS_SHOP)
    # All of Dagster's storage and logs are below the home.
    assert any((tmp_path / "dagster").rglob("*.db"))
    needles = ("ada@example.com", "lovelace", "analytical", "punched cards", "nobody@example.com")
    assert remains(tmp_path, needles) == []
    assert call(tmp_path, "erase", "-", **AS_OF).returncode == 2


def test_rebuild_makes_all_files_anew_and_reports_missing_ones(
    call: Call, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(home, tmp_path / "home")
    settings = settings_for(tmp_path / "home")
    before = hashes(settings)
    paths = (settings.vault_path, settings.warehouse_path, settings.published_path)
    inodes = [path.stat().st_ino for path in paths]
    done = call(settings.home, "rebuild", "--vault", **AS_OF)
    assert done.returncode == 0, done.stderr
    assert "rebuild: 2025-01 .. 2025-03" in done.stderr
    assert str(settings.published_path) in done.stdout
    assert hashes(settings) == before
    assert all(path.stat().st_ino != inode for path, inode in zip(paths, inodes, strict=True))
    monkeypatch.setenv("DAGSTER_HOME", str(settings.dagster_home))
    with dg.DagsterInstance.get() as instance:
        assert [run.job_name for run in instance.get_runs(limit=2)] == ["rebuild", "rebuild_vault"]
    (settings.landing / "orders.csv").unlink()
    done = call(settings.home, "rebuild", "--vault", **AS_OF)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("The vault stays as it is: 1 files that it holds")
    assert hashes(settings) == before


def test_recheck_looks_at_everything_and_publishes(call: Call, home: Path, tmp_path: Path) -> None:
    settings = settings_for(shutil.copytree(home, tmp_path / "home"))
    looked_at = (
        "SELECT count(*), strftime(max(whole_at) AT TIME ZONE 'UTC', '%d %H:%M') FROM ops.checked GROUP BY whole_at"
    )
    [(checks, _)] = rows(settings, looked_at)
    done = call(settings.home, "recheck", NORTHSTAR_AS_OF="2025-03-31T13:30:00Z")
    assert done.returncode == 0, done.stderr
    assert rows(settings, looked_at) == [(checks, "31 13:30")]
    assert checks > 100
