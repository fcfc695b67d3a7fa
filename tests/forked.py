"""Real runs of the command line at the price of a fork: the program is imported once, each run is a child of that.

Here: a server that imports and forks, and the test's side of it. A run is a process of its own in a session of its
own, so that SIGKILL to it is what a power cut or an out-of-memory killer does. Not here: what a run should do.
"""

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

SERVE = "from forked import serve; serve()"
SALT = "a salt for the tests"
TESTS = Path(__file__).parent


def serve() -> None:
    """Fork a run for every line on standard input; tell its process, then how it ended."""
    # Imported by every run that opens Dagster's records: half a second of processor each.
    import assets.event_log  # noqa: F401
    from assets.cli import main
    from assets.definitions import defs

    defs()
    print("ready", flush=True)
    for line in sys.stdin:
        asked = json.loads(line)
        child = os.fork()
        if not child:
            os.setsid()
            for number, path in enumerate((asked["told"], asked["shown"], asked["said"])):
                os.dup2(os.open(path, os.O_RDWR | os.O_CREAT | (os.O_APPEND if number else 0)), number)
            os.environ.update(asked["environment"])
            if asked["most"]:
                resource.setrlimit(resource.RLIMIT_FSIZE, (asked["most"], asked["most"]))
            if asked["dies_at"]:
                sys.stderr.write = partial(_write_and_die, sys.stderr.write, asked["dies_at"])  # type: ignore[method-assign]
            code: object = 1
            try:
                main(asked["arguments"])
            except SystemExit as leaving:
                code = leaving.code
            except BaseException:  # noqa: BLE001 (a child must never go on as the server)
                sys.excepthook(*sys.exc_info())
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(int(code or 0) if isinstance(code, int) or code is None else 1)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


def _write_and_die(write: Callable[[str], int], words: str, text: str) -> int:
    """Write what the program says; at these words, and not a moment later, die as by a power cut."""
    written = write(text)
    if words in text:
        os.kill(os.getpid(), signal.SIGKILL)
    return written


@dataclass
class Run:
    """A run under way. `shown` and `said`: its standard output and its standard error."""

    process: int
    answers: IO[str]
    shown: Path
    said: Path

    def kill(self) -> None:
        """SIGKILL to the whole run, unless it has ended, then wait for its end."""
        with suppress(ProcessLookupError):
            os.killpg(self.process, signal.SIGKILL)
        assert self.end() in {0, -signal.SIGKILL}

    def end(self) -> int:
        """Wait for the run's end and give its exit code, negative if a signal ended it."""
        return int(self.answers.readline())


@dataclass
class Shell:
    """Where runs are started, one at a time."""

    server: "subprocess.Popen[str]"
    folder: Path

    def start(
        self, home: Path, *arguments: str, most: int = 0, dies_at: str = "", told: str = "", **environment: str
    ) -> Run:
        """Start one run of the command line on a home.

        `most`: bytes beyond which no file can be written; `dies_at`: words at which it gets SIGKILL;
        `told`: its standard input.
        """
        assert self.server.stdin is not None
        assert self.server.stdout is not None
        streams = [self.folder / name for name in ("told", "shown", "said")]
        for path in streams:
            path.write_text(told if path.name == "told" else "")
        asked = {
            **{path.name: str(path) for path in streams},
            "most": most,
            "dies_at": dies_at,
            "arguments": arguments or ["nightly"],
            "environment": {"NORTHSTAR_HOME": str(home), "NORTHSTAR_SALT": SALT, **environment},
        }
        self.server.stdin.write(json.dumps(asked) + "\n")
        self.server.stdin.flush()
        process = int(self.server.stdout.readline())
        with suppress(ProcessLookupError):
            while os.getsid(process) != process:  # until it is a session of its own, a signal to its group would miss
                time.sleep(0.001)
        return Run(process, self.server.stdout, *streams[1:])

    def call(self, home: Path, *arguments: str, **environment: str) -> str:
        """Run the command line to its good end and give what it said."""
        run = self.start(home, *arguments, **environment)
        code, said = run.end(), run.said.read_text()
        assert code == 0, said
        return said


@contextmanager
def shell(folder: Path) -> Iterator[Shell]:
    """A server for some runs."""
    path = os.pathsep.join([str(TESTS), str(TESTS.parent)])
    server = subprocess.Popen(
        [sys.executable, "-c", SERVE],
        env={**os.environ, "PYTHONPATH": path, "NO_COLOR": "1"},
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield Shell(server, folder)
    finally:
        server.kill()
        server.communicate()
