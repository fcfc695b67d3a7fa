"""The lock: one writer at a time; whoever waits learns for whom; a killed owner frees it at once."""

from __future__ import annotations

import os
import signal
import threading
import time

import pytest
from warehouse.small_warehouse import python

from pipelines.warehouse.lock import exclusive, holder, left_by

HOLD = """
import sys, time
from pathlib import Path
from pipelines.warehouse.lock import exclusive
with exclusive(Path(sys.argv[1]), sys.argv[2], on_wait=lambda owner: print("waits for", owner, flush=True)):
    print("has it", flush=True)
    time.sleep(float(sys.argv[3]))
print("left", flush=True)
"""


@pytest.fixture
def start():
    """Start a process that takes the lock; those still alive in the end are killed."""
    started = []

    def starter(path, purpose, seconds=60):
        process = python(HOLD, path, purpose, seconds)
        started.append(process)
        return process

    yield starter
    for process in started:
        process.kill()
        process.communicate()


def test_nobody_holds_what_does_not_exist(tmp_path):
    assert holder(tmp_path / "lock") is None
    assert not (tmp_path / "lock").exists()


def test_holder_in_words(tmp_path):
    path = tmp_path / "home" / "lock"
    with exclusive(path, "run 1234abcd", on_wait=pytest.fail):
        words = holder(path)
        assert words.startswith(f"run 1234abcd (process {os.getpid()}, since 20")
        assert words.endswith("+00:00)")
    assert holder(path) is None
    assert path.stat().st_mode & 0o777 == 0o600


def test_free_again_after_an_error(tmp_path):
    path = tmp_path / "lock"
    with pytest.raises(KeyboardInterrupt), exclusive(path, "first", on_wait=pytest.fail):
        raise KeyboardInterrupt
    with exclusive(path, "second", on_wait=pytest.fail):
        assert holder(path).startswith("second")


def test_looking_does_not_make_a_newcomer_wait_aloud(tmp_path):
    path = tmp_path / "lock"
    with exclusive(path, "first", on_wait=pytest.fail):
        pass
    looking = threading.Event()

    def look():
        while not looking.is_set():
            holder(path)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        for _ in range(200):
            with exclusive(path, "second", on_wait=pytest.fail):
                pass
    finally:
        looking.set()
        thread.join()


def test_second_process_waits_says_for_whom_and_goes_on_when_the_first_is_killed(tmp_path, start):
    path = tmp_path / "lock"
    first = start(path, "run 1")
    assert first.stdout.readline() == "has it\n"
    assert holder(path).startswith(f"run 1 (process {first.pid}, since ")
    second = start(path, "run 2")
    assert second.stdout.readline().startswith(f"waits for run 1 (process {first.pid}, since ")
    time.sleep(0.5)
    assert second.poll() is None
    killed = time.monotonic()
    os.kill(first.pid, signal.SIGKILL)
    # Said once, however long it waits.
    assert second.stdout.readline() == "has it\n"
    assert time.monotonic() - killed < 2
    assert holder(path).startswith(f"run 2 (process {second.pid}, since ")


def test_second_process_goes_on_when_the_first_is_done(tmp_path, start):
    path = tmp_path / "lock"
    first = start(path, "run 1", 1)
    assert first.stdout.readline() == "has it\n"
    second = start(path, "run 2", 0)
    out, err = second.communicate(timeout=30)
    assert [line.split(" (")[0] for line in out.splitlines()] == ["waits for run 1", "has it", "left"]
    assert err == ""


def test_two_threads_of_one_process(tmp_path):
    path = tmp_path / "lock"
    said, order = [], []
    inside = threading.Event()

    def first():
        with exclusive(path, "thread 1", on_wait=pytest.fail):
            inside.set()
            time.sleep(0.6)
            order.append("first")

    thread = threading.Thread(target=first)
    thread.start()
    inside.wait()
    with exclusive(path, "thread 2", on_wait=said.append):
        order.append("second")
    thread.join()
    assert order == ["first", "second"]
    assert [words.split(" (")[0] for words in said] == ["thread 1"]


@pytest.mark.parametrize("content", ["", "{}", "not json", '{"pid": 1}', "[1]"])
def test_owner_that_did_not_sign_is_another_process(tmp_path, content):
    path = tmp_path / "lock"
    with exclusive(path, "run 1", on_wait=pytest.fail):
        path.write_text(content)
        assert holder(path) == "another process"


def test_only_a_killed_owner_leaves_its_purpose(tmp_path, start):
    path = tmp_path / "lock"
    assert left_by(path) is None
    assert not path.exists()
    owner = start(path, "run 1234abcd")
    assert owner.stdout.readline() == "has it\n"
    assert left_by(path) is None
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    assert left_by(path) == left_by(path) == "run 1234abcd"
    with exclusive(path, "the next", on_wait=pytest.fail):
        pass
    assert left_by(path) is None
