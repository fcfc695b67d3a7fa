"""Nights on a disk that fills up: a small file system in its own mount namespace.

Here: the program that runs inside that namespace (`unshare`) and prints what happened as JSON. Not here: what must have
happened (tests/warehouse/test_adversity.py).
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
from forked import shell
from night import hashes, land, night, settings_for
from shop_files import SHOP

from pipelines.obstacles import sentence
from pipelines.settings import Settings

AS_OF = "2025-03-31T12:00:00Z"
NEWS = {"news.csv": "response_id,responded_at,score\nn,2025-02-25T09:00:00Z,2\n"}
SIZE = 64 * 1024**2


def fill(settings: Settings, free: int) -> Path:
    """Fill the disk up to that many free bytes."""
    filler = settings.home.parent / "filler"
    state = os.statvfs(settings.home)
    filler.write_bytes(b"x" * max(0, state.f_bavail * state.f_frsize - free))
    return filler


def attempt(settings: Settings) -> str | None:
    """Run one night; its error message, or None if it succeeded."""
    try:
        night(settings)
    except (OSError, duckdb.Error) as error:
        return sentence(str(error), settings) or f"unexplained: {error!r}"
    return None


def main(disk: Path, free_bytes: list[int]) -> None:
    """A good night; then, for each size, nights and a command on a full disk, and a night with room again."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "none", str(disk)], check=True)
    settings = settings_for(disk / "home", as_of=AS_OF)
    land(settings, SHOP)
    night(settings)
    before = hashes(settings)
    land(settings, NEWS)
    nights = []
    for free in free_bytes:
        filler = fill(settings, free)
        nights.append((free, attempt(settings), hashes(settings) == before))
        filler.unlink()
    filler = fill(settings, free_bytes[0])
    with shell(disk.parent) as commands:

        def call() -> tuple[int, str, bool]:
            run = commands.start(settings.home, NORTHSTAR_AS_OF=AS_OF)
            return run.end(), run.said.read_text(), hashes(settings) == before

        command = call()
        filler.unlink()
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        read_only = call()
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    last = attempt(settings)
    left = sorted(path.name for path in settings.published.iterdir())
    result = {"nights": nights, "command": command, "read_only": read_only, "last": last, "left": left}
    print(json.dumps(result | {"after": hashes(settings)}))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), [int(text) for text in sys.argv[2:]])
