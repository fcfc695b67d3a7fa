"""Waiting for something that others work on: a standstill ends it, slowness does not."""

from __future__ import annotations

import itertools
import time

import pytest
from browser import wait_for


def test_a_wait_lasts_while_there_is_progress() -> None:
    done = time.monotonic() + 0.4
    count = itertools.count()
    assert wait_for(lambda: time.monotonic() > done, seconds=0.1, every=0.01, progress=lambda: next(count))


def test_a_standstill_ends_a_wait() -> None:
    with pytest.raises(TimeoutError, match="the last answer was None"):
        wait_for(lambda: None, seconds=0.1, every=0.01, progress=lambda: "at step 3")
