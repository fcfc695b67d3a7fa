"""Dagster's webserver and daemon: both until interrupted, or one as a service.

Here: starting them with the shop's DAGSTER_HOME and code location. Not here: arguments (cli.py), the units of systemd
(assets/systemd).
"""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import click

from assets.in_process import HERE, Problem, instance_of
from pipelines.settings import Settings

HOST = "127.0.0.1"


def webserver(settings: Settings, port: int, path_prefix: str = "") -> list[str]:
    """The command that starts the webserver, on 127.0.0.1 only: whoever reaches it may launch runs."""
    line = [*_command("dagster-webserver", settings), "-h", HOST, "-p", str(port)]
    return [*line, "--path-prefix", path_prefix] if path_prefix else line


def daemon(settings: Settings) -> list[str]:
    """The command that starts the daemon: schedule, sensors, queue, run monitoring, freshness."""
    program, *target = _command("dagster-daemon", settings)
    return [program, "run", *target]


def _command(name: str, settings: Settings) -> list[str]:
    with instance_of(settings):
        pass  # creates the tables before two processes try to at once, and sets DAGSTER_HOME for them
    workspace = HERE.parent / "workspace.yaml"
    target = ["-w", str(workspace)] if workspace.exists() else ["-m", "assets.definitions"]
    return [str(Path(sys.executable).parent / name), *target]


def become(line: list[str]) -> NoReturn:
    """Replace this process by that program, so that systemd watches and stops it directly."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(line[0], line)  # noqa: S606 (no shell on purpose)


def both(settings: Settings, port: int) -> None:
    """Run the webserver and the daemon until interrupted.

    Raises:
        Problem: one of them ended by itself.
    """
    lines = (webserver(settings, port), daemon(settings))
    click.echo(f"Dagster UI on http://{HOST}:{port} (stop with Ctrl-C)")
    processes = [subprocess.Popen(line) for line in lines]

    def stop(_signal: int, _frame: object) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)
    try:
        os.wait()
        message = "The webserver or the daemon ended; its message is above."
        raise Problem(message)
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        for process in processes:
            if process.poll() is None:
                process.terminate()
        for process in processes:
            process.wait()
