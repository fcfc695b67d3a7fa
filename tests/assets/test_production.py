"""What the operator installs: Dagster's settings, the two services, when the published file is late, the alarm."""

import configparser
import os
import shutil
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from click.testing import CliRunner
from dagster._core.definitions.freshness import CronFreshnessPolicy
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import TickStatus
from dagster._daemon.cli import run_command
from dagster_webserver.cli import dagster_webserver

from assets import cli, servers
from assets.cli import main
from assets.definitions import defs
from assets.partitions import MONTHS
from assets.publish import FRESH, PUBLISHED
from pipelines.settings import Settings

ASSETS = Path(cli.__file__).parent
UNITS = {name: ASSETS / "systemd" / f"northstar-{name}.service" for name in ("daemon", "webserver")}
PROGRAM = "/opt/northstar/.venv/bin/northstar"


def test_dagster_takes_the_settings_shipped_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copyfile(ASSETS / "dagster.yaml", tmp_path / "dagster.yaml")
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    with dg.DagsterInstance.get() as instance:
        assert not instance.telemetry_enabled
        assert not instance.nux_enabled
        assert instance.freshness_enabled
        assert instance.run_monitoring_enabled
        assert instance.run_monitoring_start_timeout_seconds == 300
        assert instance.run_monitoring_cancel_timeout_seconds == 300
        assert timedelta(seconds=instance.run_monitoring_max_runtime_seconds) == timedelta(hours=12)
        assert instance.run_monitoring_max_resume_run_attempts == 0
        queue = instance.get_concurrency_config().run_queue_config
        assert queue is not None
        # One works, one waits, and a dead one that Dagster takes for running hinders neither.
        assert queue.max_concurrent_runs == 3
        days = {
            kind: {status: instance.get_tick_retention_settings(kind)[status] for status in TickStatus}
            for kind in InstigatorType
        }
    expected = {TickStatus.SUCCESS: 90, TickStatus.FAILURE: 90}
    for kind, skipped in (("SCHEDULE", 90), ("SENSOR", 7), ("AUTO_MATERIALIZE", 7)):
        retention = days[InstigatorType[kind]]
        assert {status: retention[status] for status in expected} == expected
        assert retention[TickStatus.SKIPPED] == skipped


def test_the_published_file_is_late_at_six_whatever_the_clocks_do() -> None:
    asset = defs().resolve_asset_graph().get(PUBLISHED)
    assert asset.freshness_policy == FRESH
    assert isinstance(FRESH, CronFreshnessPolicy)
    assert FRESH.timezone == MONTHS.timezone
    schedule, _ = defs().schedules or []
    begins, deadline = (
        time(int(cron.split()[1]), int(cron.split()[0])) for cron in (schedule.cron_schedule, FRESH.deadline_cron)
    )
    assert (begins, deadline) == (time(2), time(6))
    for zone in (ZoneInfo("Europe/Paris"), ZoneInfo("America/New_York"), ZoneInfo("UTC")):
        for number in range(366):
            day = date(2026, 1, 1) + timedelta(days=number)
            begun, late = (datetime.combine(day, hour, zone).timestamp() for hour in (begins, deadline))
            window = FRESH.lower_bound_delta.total_seconds()
            # The file of this night counts, the one of the night before does not.
            assert late - window <= begun < late
            assert begun - 22 * 3600 < late - window


def unit(name: str) -> configparser.ConfigParser:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(UNITS[name].read_text(encoding="utf-8"))
    return parser


@pytest.mark.parametrize("name", UNITS)
def test_a_service_calls_a_command_that_exists_and_may_do_little_else(name: str) -> None:
    sections = unit(name)
    service = sections["Service"]
    program, command, *arguments = service["ExecStart"].split()
    assert (program, command) == (PROGRAM, name)
    # Parsed by the command itself, so that an option that goes is noticed here.
    made = main.commands[command].make_context(command, list(arguments))
    assert made.params == ({"port": 3000, "path_prefix": ""} if name == "webserver" else {})
    assert service["User"] == service["Group"] == "northstar"
    assert service["Environment"] == "NORTHSTAR_HOME=/var/lib/northstar"
    assert service["ReadWritePaths"] == service["WorkingDirectory"] == f"/var/lib/{service['StateDirectory']}"
    wanted = {
        "NoNewPrivileges": "true",
        "ProtectSystem": "strict",
        "ProtectHome": "true",
        "PrivateTmp": "true",
        "UMask": "0077",
        "Restart": "on-failure",
        "CapabilityBoundingSet": "",
        "StandardOutput": "journal",
        "StandardError": "journal",
    }
    assert {key: service[key] for key in wanted} == wanted
    assert sections["Install"]["WantedBy"] == "multi-user.target"


def test_the_services_differ_only_where_they_must() -> None:
    first, second = ({(part, *item) for part in unit(name) for item in unit(name)[part].items()} for name in UNITS)
    assert {key for _, key, _ in first ^ second} == {
        "Description",
        "ExecStart",
        "JoinsNamespaceOf",
        "SyslogIdentifier",
        "TimeoutStopSec",
    }
    # Stopping a run in the UI goes through a socket in the daemon's private /tmp.
    assert unit("webserver")["Unit"]["JoinsNamespaceOf"] == UNITS["daemon"].name


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_knows_every_line_of_the_units(tmp_path: Path) -> None:
    program = tmp_path / "northstar"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o700)
    for path in UNITS.values():
        text = path.read_text(encoding="utf-8").replace(PROGRAM, str(program))
        (tmp_path / path.name).write_text(text)
    command = ["systemd-analyze", "verify", "--man=no", *(str(tmp_path / path.name) for path in UNITS.values())]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "northstar" in line]
    assert (done.returncode, complaints) == (0, [])


@pytest.fixture
def became(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[list[str]]:
    """The programs that commands became, without becoming them."""
    became: list[list[str]] = []

    def become(path: str, line: list[str]) -> None:
        assert os.access(path, os.X_OK)
        assert path == line[0]
        became.append(line)
        raise SystemExit(0)

    monkeypatch.setattr(servers.os, "execv", become)
    monkeypatch.setenv("NORTHSTAR_HOME", str(tmp_path))
    # What the commands set is taken back.
    monkeypatch.setenv("DAGSTER_HOME", "elsewhere")
    monkeypatch.setenv("DAGSTER_DISABLE_TELEMETRY", "yes")
    return became


def test_each_service_is_dagster_s_own_program_on_the_shop_s_records(became: list[list[str]], tmp_path: Path) -> None:
    bin_folder, workspace = Path(sys.executable).parent, str(ASSETS.parent / "workspace.yaml")
    for arguments in (["daemon"], ["webserver"], ["webserver", "--port", "3001", "--path-prefix", "/northstar"]):
        done = CliRunner().invoke(main, arguments)
        assert done.exit_code == 0, done.output
    web = [str(bin_folder / "dagster-webserver"), "-w", workspace, "-h", "127.0.0.1", "-p"]
    assert became == [
        [str(bin_folder / "dagster-daemon"), "run", "-w", workspace],
        [*web, "3000"],
        [*web, "3001", "--path-prefix", "/northstar"],
    ]
    assert os.environ["DAGSTER_HOME"] == str(tmp_path / "dagster")
    assert (tmp_path / "dagster" / "dagster.yaml").read_text() == (ASSETS / "dagster.yaml").read_text()


def test_dagster_s_programs_take_what_they_are_called_with(became: list[list[str]]) -> None:
    CliRunner().invoke(main, ["daemon"])
    CliRunner().invoke(main, ["webserver", "--path-prefix", "/northstar"])
    (_, run, *for_daemon), (_, *for_webserver) = became
    assert run == run_command.name
    parsed = run_command.make_context("dagster-daemon run", for_daemon).params
    assert parsed["workspace"] == (str(ASSETS.parent / "workspace.yaml"),)
    parsed = dagster_webserver.make_context("dagster-webserver", for_webserver).params
    assert (parsed["host"], parsed["port"], parsed["path_prefix"]) == ("127.0.0.1", 3000, "/northstar")


def test_an_alarm_before_anything_is_published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORTHSTAR_HOME", str(tmp_path))
    done = CliRunner().invoke(main, ["status", "--max-age", "26"])
    assert done.exit_code == 1
    assert done.output.endswith("Nothing is published yet.\n")
    assert CliRunner().invoke(main, ["status"]).exit_code == 0
    assert CliRunner().invoke(main, ["status", "--max-age", "0"]).exit_code == 2
    assert not Settings().published_path.exists()
