"""A real Dagster UI and a real browser, for tests that act as the operator does.

Here: starting and stopping the servers, opening Chromium, and the clicks that more than one test needs. Not here:
what a test expects. Nothing starts at import; Playwright is imported where it is used.

The clicks hold for Dagster 1.13.27. They go by roles and visible texts, because class names change with every
release of the UI. What is worth knowing:

- A page opened before the code location has loaded says that the asset does not exist, and stays so.
- Assets are chosen by the path: `/asset-groups~<selection>/` (what the box "Search and filter assets" writes on
  Enter), `/locations/northstar/asset-groups/<schema>/lineage`, or `/assets/<schema>/<table>?view=partitions`.
- The button reads "Materialize…" on an asset, "Materialize all…" on a graph and "Materialize selected…" after a
  click on a node (Shift or Ctrl adds nodes); without the ellipsis (one character) if nothing chosen has partitions.
- Where something upstream has never been materialised, a first dialog asks "Are you sure?" (Confirm).
- The dialog "Launch runs to materialize ..." shows the last 90 days and refuses older partitions until "Show all
  partitions" is clicked. Its first text field takes `[2026-02-01...2026-04-01]` and Enter; a range that it does not
  know opens a second dialog "Error". "Launch backfill" stays disabled while no partition is chosen; for a single
  partition it reads "Launch 1 run" and makes a plain run, no backfill.
- The daemon looks for backfills every 30 seconds and needs two looks, about 50 seconds, for the smallest one. The
  daemon started here looks every two seconds, and asks sensors as often.
- A sensor for finished runs begins with the runs that finish after its first look; `wait_for_sensor` waits for it.
- The log of a run shows only the lines in view; `step:nps__by_period` and Enter in "Filter…" bring those of a step.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
FLAGS = (
    "--headless",
    "--no-sandbox",  # as root, as in most containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Dagster has no setting for most of these intervals: backfills 30 s, sensors 5 s and what each asks for, queue 5 s.
# Two seconds, because one look at a backfill takes most of a second of processor: every second, the daemon alone would
# fill the processor that the runs it waits for need.
DAEMON = """
from dagster._core.remote_representation.external import RemoteSensor
from dagster._core.run_coordinator import QueuedRunCoordinator
from dagster._daemon import controller, sensor
controller.DEFAULT_DAEMON_INTERVAL_SECONDS = 2
sensor.MIN_INTERVAL_LOOP_TIME = 2
RemoteSensor.min_interval_seconds = 2
QueuedRunCoordinator.dequeue_interval_seconds = 1
from dagster._daemon.cli import main
main()
"""
# One process that has loaded the code, for the webserver and the daemon both. Otherwise each has its own, and the
# daemon replaces its own every minute: on a busy machine that takes most of the minute, no run begins meanwhile, and a
# run whose start times out at the replaced one fails.
CODE = """
load_from:
  - grpc_server: {{host: 127.0.0.1, port: {port}, location_name: northstar}}
"""
LOCATIONS = """
{ workspaceOrError { ... on Workspace { locationEntries {
    loadStatus locationOrLoadError { __typename ... on PythonError { message } } } } } }
"""
SENSOR = """
{ sensorOrError(sensorSelector: {
    repositoryLocationName: "northstar", repositoryName: "__repository__", sensorName: $name
}) { ... on Sensor { sensorState { ticks(limit: 1, statuses: [SUCCESS, SKIPPED]) { status } } } } }
"""
LAUNCH = """
mutation { launchRun(executionParams: {
    selector: {repositoryLocationName: "northstar", repositoryName: "__repository__", jobName: $job},
    runConfigData: "{}", executionMetadata: {tags: [$tags]}
}) { __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }
"""
RUNS = """
{ runsOrError(limit: 20) { ... on Runs { results { runId jobName status tags { key value } } } } }
"""
STEPS = """
{ runsOrError(limit: 5) { ... on Runs { results {
    runId status stats { ... on RunStatsSnapshot { stepsSucceeded startTime } } } } } }
"""
BACKFILLS = """
{ partitionBackfillsOrError(limit: 1) { __typename ... on PartitionBackfills {
    results { id status partitionNames assetSelection { path } } } } }
"""


def find_chromium() -> str | None:
    """The path of an installed Chromium or Chrome, None without one."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


def free_port() -> int:
    """A port that nothing listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return probe.getsockname()[1]


def stop(process: subprocess.Popen) -> None:
    """End a process of `running` and all it started: ask, insist, kill; a few seconds at most."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if process.poll() is None:
            process.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # its group: code servers and runs that outlived it


@contextmanager
def running(command: Sequence[str], *, env: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen]:
    """Run a command in a session of its own, its output appended to `log`; stop it at the end, whatever happens."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            env={**os.environ, **env},
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            yield process
        finally:
            stop(process)


def wait_for(
    what: Callable[[], object],
    *,
    seconds: float = 120,
    every: float = 0.25,
    progress: Callable[[], object] = lambda: None,
) -> Any:
    """Ask until the answer is true, and give it.

    progress: gives what changes while the awaited is being worked on; `seconds` count from its last change, so that a
        busy machine does not end a wait, and a standstill does.

    Raises:
        TimeoutError: it never was; the message has the last answer.
    """
    deadline, state = time.monotonic() + seconds, progress()
    while not (answer := what()):
        if (now := progress()) != state:
            deadline, state = time.monotonic() + seconds, now
        if time.monotonic() > deadline:
            message = f"nothing moved for {seconds:.0f} s; the last answer was {answer!r}"
            raise TimeoutError(message)
        time.sleep(every)
    return answer


def query(url: str, text: str) -> dict:
    """Ask the webserver's GraphQL interface; give what stands under `data`."""
    request = urllib.request.Request(  # noqa: S310 (our own http)
        f"{url}/graphql", json.dumps({"query": text}).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
        return json.load(answer)["data"]


def wait_until_loaded(url: str, process: subprocess.Popen, *, log: Path, seconds: float = 60) -> None:
    """Wait until the webserver answers and has loaded every code location; a page opened earlier stays empty.

    Raises:
        RuntimeError: a location failed to load, the process ended or the time is over; the message says which.
    """
    deadline = time.monotonic() + seconds
    state: object = None
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            entries = query(url, LOCATIONS)["workspaceOrError"]["locationEntries"]
            state = [entry["locationOrLoadError"] for entry in entries]
            broken = [one["message"] for one in state if one and "message" in one]
            if broken:
                raise RuntimeError("\n".join(broken))
            if entries and all(entry["loadStatus"] == "LOADED" for entry in entries):
                return
        time.sleep(0.1)
    message = f"{url} is not up, its code locations are {state}:\n{log.read_text(errors='replace')[-3000:]}"
    raise RuntimeError(message)


@contextmanager
def dagster_ui(env: Mapping[str, str], *, log: Path) -> Iterator[str]:
    """Run the code server, the webserver, then the daemon; give the address of the webserver, on a free port.

    Args:
        env: added to this process's environment; DAGSTER_HOME and the shop's NORTHSTAR_HOME belong in it.
        log: file that takes the output of all; the workspace file is written beside it.
    """
    code, port = free_port(), free_port()
    url = f"http://{HOST}:{port}"
    workspace = log.with_name("workspace.yaml")
    workspace.write_text(CODE.format(port=code))
    target = ("-w", str(workspace))
    dagster = (sys.executable, "-m", "dagster", "api", "grpc", "-m", "assets.definitions", "-h", HOST, "-p", str(code))
    webserver = (sys.executable, "-m", "dagster_webserver", *target, "-h", HOST, "-p", str(port))
    env = {"DAGSTER_DISABLE_TELEMETRY": "1", **env}
    with ExitStack() as stack:
        server = stack.enter_context(running((*dagster, "--location-name", "northstar"), env=env, log=log))
        wait_for(lambda: server.poll() is not None or listens(code))
        process = stack.enter_context(running(webserver, env=env, log=log))
        wait_until_loaded(url, process, log=log)
        stack.enter_context(running((sys.executable, "-c", DAEMON, "run", *target), env=env, log=log))
        yield url


def listens(port: int) -> bool:
    """Whether a process of this machine listens on a port."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


@dataclass
class Tab:
    """A page, what its console reported as errors, and the addresses outside this machine that it asked for."""

    page: "Page"
    errors: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


@contextmanager
def chromium(*, width: int = 1600, height: int = 1000) -> Iterator[Tab]:
    """Open a page in the Chromium of this machine.

    Raises:
        FileNotFoundError: none is installed.
    """
    from playwright.sync_api import sync_playwright

    path = find_chromium()
    if path is None:
        message = "no Chromium on PATH; on Debian and Ubuntu: apt install chromium"
        raise FileNotFoundError(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        try:
            tab = Tab(browser.new_page(viewport={"width": width, "height": height}))
            tab.page.set_default_timeout(20_000)
            tab.page.on("console", lambda line: tab.errors.append(line.text) if line.type == "error" else None)
            tab.page.on("pageerror", lambda error: tab.errors.append(str(error)))
            tab.page.on("request", lambda request: None if _is_local(request.url) else tab.outside.append(request.url))
            yield tab
        finally:
            browser.close()


def _is_local(url: str) -> bool:
    parts = urllib.parse.urlsplit(url)
    return parts.scheme in ("data", "blob") or parts.hostname in (HOST, "localhost")


def open_graph(page: "Page", url: str, selection: str) -> None:
    """Open the asset graph of a selection such as `group:"nps" or group:"value"`."""
    page.goto(f"{url}/asset-groups~{urllib.parse.quote(selection, safe='')}/")
    _materialize_button(page).wait_for()


def opened_tree(page: "Page", url: str, groups: Collection[str]) -> dict[str, list[str]]:
    """Open the whole graph and every group of the tree beside it; give the assets shown under each."""
    size = page.viewport_size
    page.set_viewport_size({"width": 1600, "height": 3000})  # only rows in view exist
    page.goto(f"{url}/asset-groups")
    arrows = page.get_by_label("arrow_drop_down")
    wait_for(lambda: arrows.count() >= len(groups))  # one more is in the button "Materialize"
    for number in reversed(range(len(groups))):
        arrows.nth(number).click()
    tree: dict[str, list[str]] = {}

    def read() -> bool:
        tree.clear()
        for title in page.locator("[title]").evaluate_all("shown => shown.map(one => one.title)"):
            if title in groups:
                tree[title] = under = []
            else:
                under.append(title)
        return all(tree.values()) and len(tree) == len(groups)

    wait_for(read)
    if size:
        page.set_viewport_size(size)
    return tree


def launch_backfill(page: "Page", first: str, last: str, *, ready: Callable[[], None] = lambda: None) -> None:
    """On an asset's page or a graph, materialise the partitions `first` to `last` of what is shown or selected.

    Give different ones: for a single partition Dagster makes a plain run, which `finished_backfill` does not see.
    `ready` is called before the last click.
    """
    _materialize_button(page).click()
    dialog = page.get_by_role("dialog").filter(has_text="Launch runs to materialize")
    sure = page.get_by_role("dialog").get_by_role("button", name="Confirm")
    dialog.or_(sure).first.wait_for()
    if sure.is_visible():
        sure.click()
    everything = dialog.get_by_role("button", name="Show all partitions")
    refused = page.get_by_role("dialog").filter(has_text="Could not find partitions").get_by_role("button", name="OK")
    launch = dialog.get_by_role("button", name=re.compile(r"^Launch"))
    box = dialog.get_by_role("textbox").first
    for _ in range(20):  # the dialog shows before it knows the partitions, and forgets what was typed until then
        if everything.is_visible():
            everything.click()
        box.fill(f"[{first}...{last}]")
        box.press("Enter")
        page.wait_for_timeout(250)
        if refused.is_visible():
            refused.click()
        elif launch.is_enabled():
            break
    ready()
    launch.click()
    dialog.wait_for(state="hidden")


def wait_for_sensor(url: str, name: str) -> None:
    """Wait until a sensor has looked once."""
    asked = SENSOR.replace("$name", json.dumps(name))
    wait_for(lambda: query(url, asked)["sensorOrError"]["sensorState"]["ticks"])


def launch_job(url: str, job: str, tags: Mapping[str, str]) -> str:
    """Launch a job as a schedule does, with tags; give the run's id."""
    pairs = ", ".join(f"{{key: {json.dumps(key)}, value: {json.dumps(value)}}}" for key, value in tags.items())
    return query(url, LAUNCH.replace("$job", json.dumps(job)).replace("$tags", pairs))["launchRun"]["run"]["runId"]


def runs(url: str) -> list[dict]:
    """The newest runs, newest first: runId, jobName, status and tags by name."""
    newest = query(url, RUNS)["runsOrError"]["results"]
    return [{**run, "tags": {tag["key"]: tag["value"] for tag in run["tags"]}} for run in newest]


def steps(url: str) -> dict:
    """How far the newest runs are."""
    return query(url, STEPS)["runsOrError"]


def newest_backfill(url: str) -> dict:
    """Its id, status, partitionNames and assetSelection."""
    return next(iter(query(url, BACKFILLS)["partitionBackfillsOrError"].get("results", [])), {})


def finished_backfill(url: str) -> dict:
    """Wait for the newest backfill to end, as long as its runs go on; give it.

    Raises:
        TimeoutError: nothing moved any longer; the log has the rest.
    """
    over = ("COMPLETED", "FAILED", "CANCELED")
    wait_for(lambda: newest_backfill(url).get("status", "").startswith(over), progress=lambda: steps(url), every=1)
    return newest_backfill(url)


def _materialize_button(page: "Page"):
    return page.get_by_role("button", name="Materialize").first
