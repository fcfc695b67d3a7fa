"""The demo: a simulated shop in a home of its own, so that it never mixes with a shop's exports.

Here: where that home is, making it, when commands act on it, and what they say. Not here: the shop that is simulated
(pipelines/simulate) and finding one among a shop's own files (pipelines/ops/simulated_shop.py).

The demo's home is `demo`, beside the shop's home. Commands act on it as long as nothing of the shop's own has landed.
"""

import os
import shutil
from pathlib import Path

import click

from assets.in_process import Problem
from pipelines.settings import PREFIX, SETTINGS_FILE, Settings

CUSTOMERS, MONTHS, SEED = 5_000, 24, 1
ZONE = "Europe/Paris"
MARK = "# The home of a simulated shop, made by `northstar run`. The environment wins over this file.\n"
# What the environment says of the shop and the demo has its own of.
OF_THE_SHOP = ("LANDING", "PUBLISHED", "SALT", "NOTIFY", "TIMEZONE", "CURRENCY", "FIRST_MONTH")
LANDING = "# Exports of your own go to: "
DRAFT = ".simulating"


def settings_to_use(*, may_simulate: bool = False) -> Settings:
    """The settings of the shop; of the demo while nothing of the shop's own has landed.

    may_simulate: makes the demo if there is none yet.

    Raises:
        Problem: the folder that would be the demo's is in use for something else.
    """
    settings = Settings()
    home = _home(settings)
    if not _is_unused(settings) or not (may_simulate or is_demo(home)):
        return settings
    if not is_demo(home) and home.exists() and any(home.iterdir()):
        message = (
            f"The landing folder {settings.landing} is empty, and {home}, where a shop would be simulated, holds "
            "something else: put exports in the landing folder, or move that folder away."
        )
        raise Problem(message)
    _enter(home)
    if may_simulate and not (home / "landing").exists():
        _simulate(home, settings)
    return Settings()


def is_demo(home: Path) -> bool:
    """Whether a folder is the home of a demo."""
    file = home / SETTINGS_FILE
    return file.is_file() and file.read_text(encoding="utf-8").startswith(MARK)


def landing(settings: Settings) -> Path:
    """Where exports go: the shop's landing folder, which was empty when the demo was made."""
    if not is_demo(settings.home):
        return settings.landing
    lines = settings.file_path.read_text(encoding="utf-8").splitlines()
    named = [line.removeprefix(LANDING) for line in lines if line.startswith(LANDING)]
    return (settings.home / (named[0] if named else "../data/landing")).resolve()


def sentence(settings: Settings) -> str:
    """What a newcomer must know who looks at the demo."""
    return f"this is a simulated shop; put your exports in {_shown(landing(settings))} and run make run again"


def say(settings: Settings, *, err: bool = True) -> None:
    """Say so if the settings are the demo's."""
    if is_demo(settings.home):
        click.echo(sentence(settings), err=err)


def afterthought(settings: Settings) -> str | None:
    """What a run says last about a simulated shop; None for a shop's own exports."""
    from pipelines.ops.simulated_shop import loaded

    found = loaded(settings)
    if is_demo(settings.home):
        if found and found.own:
            own = ", ".join(sorted(path for paths in found.own.values() for path in paths)[:3])
            return f"{own} in {_shown(settings.landing)} is counted together with {sentence(settings)[8:]}"
        return sentence(settings)
    if found and found.is_mixed:
        return "a simulated shop is counted together with your own exports: run northstar remove-demo"
    if found and found.is_simulated:
        return "this is a simulated shop; before your own exports come, run northstar remove-demo"
    return None


def remove(settings: Settings) -> list[str]:
    """Take a simulated shop out of a shop's own home; what was moved and deleted, line by line.

    Raises:
        Problem: there is none, or it is the demo's own home.
    """
    from pipelines.ops.simulated_shop import remove as take_out

    if is_demo(settings.home):
        message = f"{settings.home} is the demo's own home: move your exports to {_shown(landing(settings))}."
        raise Problem(message)
    removed = take_out(settings)
    if removed is None:
        message = f"No simulated shop was loaded in {settings.home}: nothing was changed."
        raise Problem(message)
    return [
        *(f"moved    {_shown(source)} to {_shown(target)}" for source, target in removed.moved),
        f"deleted  {removed.rows} records of the simulated shop from {_shown(settings.vault_path)}",
        f"as it is {removed.own} files of your own",
    ]


def _home(settings: Settings) -> Path:
    return settings.home.parent / "demo"


def _is_unused(settings: Settings) -> bool:
    """Whether nothing has landed in the shop's own home."""
    from pipelines.ops.simulated_shop import has_loaded
    from pipelines.raw.files.landing import walk

    return not walk(settings.landing) and not has_loaded(settings)


def _shown(path: Path) -> str:
    """A path as a person in this folder would type it."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _enter(home: Path) -> None:
    """Make the demo's home that of this process and of those it starts."""
    for name in OF_THE_SHOP:
        os.environ.pop(f"{PREFIX}{name}", None)
    os.environ[f"{PREFIX}HOME"] = str(home)


def _simulate(home: Path, shop: Settings) -> None:
    """Simulate a shop in the demo's home, with settings that fit it."""
    from pipelines.ops.simulated_shop import TRUTH
    from pipelines.periods import Clock
    from pipelines.simulate import simulate
    from pipelines.simulate.history import Calendar

    end = Clock(shop.as_of, ZONE).cut
    first = Calendar.of(MONTHS, end, ZONE).start
    home.mkdir(parents=True, exist_ok=True)
    shop.landing.mkdir(parents=True, exist_ok=True)
    lines = (
        f"{LANDING}{os.path.relpath(shop.landing, home)}",
        "NORTHSTAR_CURRENCY=EUR",
        f"NORTHSTAR_TIMEZONE={ZONE}",
        f"NORTHSTAR_FIRST_MONTH={first}",
    )
    (home / SETTINGS_FILE).write_text(MARK + "\n".join(lines) + "\n", encoding="utf-8")
    # Under another name until it is whole: a killed run must not leave half a shop.
    shutil.rmtree(home / DRAFT, ignore_errors=True)
    simulate(home / DRAFT, customers=CUSTOMERS, months=MONTHS, seed=SEED, end=end, zone=ZONE, truth=home / TRUTH)
    (home / DRAFT).rename(home / "landing")
