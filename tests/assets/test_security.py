"""What others can reach while the UI runs.

Here: where the webserver listens. Not here: what it shows (test_jobs.py: no personal data and no secret).
"""

from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import click.testing
import pytest

from assets import cli, servers


class Quiet:
    """A process that ends at once."""

    started: ClassVar[list[list[str]]] = []

    def __init__(self, line: list[str]) -> None:
        """Note the command line."""
        self.started.append(line)

    def poll(self) -> int:
        """It has ended."""
        return 0

    def wait(self) -> int:
        """It has ended."""
        return 0


def test_the_webserver_listens_on_this_machine_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORTHSTAR_HOME", str(tmp_path))
    monkeypatch.setenv("DAGSTER_HOME", "")  # set by the command, and given back by this
    monkeypatch.setattr(servers, "subprocess", SimpleNamespace(Popen=Quiet))
    monkeypatch.setattr(servers.os, "wait", lambda: (1, 0))
    monkeypatch.setattr(servers.signal, "signal", lambda *_: None)
    done = click.testing.CliRunner().invoke(cli.main, ["ui", "--port", "3999"])
    assert "The webserver or the daemon ended" in done.output
    [webserver, daemon] = Quiet.started
    assert Path(webserver[0]).name == "dagster-webserver"
    assert webserver[webserver.index("-h") + 1] == "127.0.0.1"
    assert not [part for part in daemon if part in {"-h", "--host"}]
