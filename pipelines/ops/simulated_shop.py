"""The simulated shop in a vault: whether one was loaded, beside exports of a shop's own or alone, and taking it out.

Here: reading the vault (what looks simulated: sql/macros/simulated_shop.sql), moving its files out of the landing
folder. Not here: simulating (pipelines/simulate), the demo's home and wording (assets/demo.py).
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import duckdb

from pipelines.raw.forget_files import forget_files
from pipelines.settings import Settings
from pipelines.warehouse.connection import Connection, WarehouseError, opened
from pipelines.warehouse.lock import exclusive, holder
from pipelines.warehouse.quoting import literal
from pipelines.warehouse.sql_files import statements

# Settings that earlier versions wrote into the home in which they simulated.
EARLIER_SETTINGS = "# Written with the simulated shop; the environment wins over this file.\nNORTHSTAR_CURRENCY=EUR\n"
TRUTH = "simulated_truth.json"
SET_ASIDE = "simulated_shop"


@dataclass(frozen=True)
class Loaded:
    """The files of a vault with records. simulated, own: paths below the landing folder by content."""

    simulated: Mapping[str, list[str]]
    own: Mapping[str, list[str]]

    @property
    def is_mixed(self) -> bool:
        """Whether a simulated shop and a shop's own exports are counted together."""
        return bool(self.simulated and self.own)

    @property
    def is_simulated(self) -> bool:
        """Whether all is simulated."""
        return bool(self.simulated) and not self.own


@dataclass(frozen=True)
class Removed:
    """What was taken out. moved: files, from and to. rows: records deleted from the vault. own: files that stay."""

    moved: list[tuple[Path, Path]]
    rows: int
    own: int


def loaded(settings: Settings) -> Loaded | None:
    """What the vault holds; None without a vault, or while a run has it."""
    if not settings.vault_path.exists() or holder(settings.home / "lock"):
        return None
    with _vault(settings, "looking for a simulated shop") as connection:
        return _loaded(connection)


@contextmanager
def _vault(settings: Settings, purpose: str) -> Iterator[Connection]:
    with exclusive(settings.home / "lock", purpose, on_wait=lambda _: None), opened(settings) as connection:
        connection.execute(statements("macros/core"))
        connection.execute(statements("macros/simulated_shop.sql"))
        yield connection


def _loaded(connection: Connection) -> Loaded:
    rows = connection.sql(
        "SELECT f.file_id, f.file_id IN (FROM simulated_files()), "
        "list(p.path ORDER BY p.path) FILTER (p.path IS NOT NULL) "
        "FROM vault.raw.files AS f LEFT JOIN vault.raw.paths AS p USING (file_id) "
        "WHERE f.status = 'loaded' AND f.accepted > 0 AND f.kind <> 'erasures' GROUP BY ALL ORDER BY f.file_id"
    ).fetchall()
    found: tuple[dict[str, list[str]], dict[str, list[str]]] = ({}, {})
    for file_id, is_simulated, paths in rows:
        found[not is_simulated][file_id] = paths or []
    return Loaded(*found)


def remove(settings: Settings) -> Removed | None:
    """Move the simulated shop's files out of the landing folder and delete what was read from them; None without one.

    Nothing of a shop's own is touched. A kill between the steps is mended by another call.

    Raises:
        WarehouseError: a file cannot be moved, or an archive holds both.
    """
    if not settings.vault_path.exists():
        return None
    with _vault(settings, "northstar remove-demo") as connection:
        found = _loaded(connection)
        if not found.simulated:
            return None
        sources = _landed(settings, found)
        moved = [_set_aside(settings, source, settings.landing) for source in sources]
        if settings.file_path.is_file() and settings.file_path.read_text(encoding="utf-8") == EARLIER_SETTINGS:
            moved.append(_set_aside(settings, settings.file_path, settings.home))
        if (truth := settings.home / TRUTH).is_file():
            moved.append(_set_aside(settings, truth, settings.home))
        rows = forget_files(connection, settings, list(found.simulated))
        return Removed(moved, rows, len(found.own))


def _landed(settings: Settings, found: Loaded) -> list[Path]:
    """The files of the landing folder that hold the simulated shop: a member's is its archive."""
    files = {path for paths in found.simulated.values() for path in paths}
    own = {_file(settings.landing, path) for paths in found.own.values() for path in paths}
    sources = sorted({file for path in files if (file := _file(settings.landing, path))})
    both = [str(file) for file in sources if file in own]
    if both:
        message = (
            f"{', '.join(both)} holds files of the simulated shop and your own: unpack it and land your own alone."
        )
        raise WarehouseError(message)
    return sources


def _file(landing: Path, path: str) -> Path | None:
    steps = PurePosixPath(path)
    return next((landing / step for step in (steps, *steps.parents) if (landing / step).is_file()), None)


def _set_aside(settings: Settings, source: Path, folder: Path) -> tuple[Path, Path]:
    target = settings.home / SET_ASIDE / source.relative_to(folder)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(source, target)
    except OSError as error:
        message = (
            f"{source} cannot be moved to {target} ({error.strerror}): move it by hand, then run the command again."
        )
        raise WarehouseError(message) from error
    return source, target


def has_loaded(settings: Settings) -> bool:
    """Whether the vault holds anything; one that cannot be read now does."""
    if not settings.vault_path.exists():
        return False
    try:
        with duckdb.connect(":memory:") as connection:
            connection.execute(f"ATTACH {literal(str(settings.vault_path))} AS vault (READ_ONLY)")
            return bool(connection.sql("SELECT 1 FROM vault.raw.files LIMIT 1").fetchall())
    except duckdb.Error:
        return True
