"""Two hundred nights killed at random (NORTHSTAR_TEST_KILLS: another number); ten of them are in the tests.

Here: the number, and the moments hit. Not here: the procedure and its assertions (tests/kills.py).
"""

import os
import time
from pathlib import Path

from kills import kill_nights


def test_two_hundred_kills(tmp_path: Path) -> None:
    begun = time.monotonic()
    moments = kill_nights(tmp_path, int(os.environ.get("NORTHSTAR_TEST_KILLS", "200")))
    tenths = [sum(tenth <= 10 * moment < tenth + 1 for moment in moments) for tenth in range(10)]
    print(f"\n{len(moments)} kills in {time.monotonic() - begun:.0f} s, by tenths of a night: {tenths}")
