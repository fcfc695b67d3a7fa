"""`northstar calibrate`: how often each published interval holds the truth.

Here: its options, and where the table goes. Not here: drawing shops and counting (pipelines/calibrate).
"""

from functools import partial
from pathlib import Path

import click

from assets.in_process import Problem


@click.option("--shops", type=click.IntRange(1), default=100, show_default=True)
@click.option("--customers", type=click.IntRange(50), default=1000, show_default=True, help="Of each shop.")
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True, help="Of the first shop.")
@click.option(
    "--write",
    "page",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Put the table between the marker lines of a Markdown file, such as pipelines/statistics/README.md.",
)
def calibrate(shops: int, customers: int, seed: int, page: Path | None) -> None:
    """Measure how often each published interval holds the truth, over simulated shops."""
    from pipelines.calibrate.measure import measure
    from pipelines.calibrate.page import NoPlaceError, put, section, text

    try:
        # Before the shops are drawn, which takes long.
        if page:
            put(page.read_text(encoding="utf-8"), "")
    except NoPlaceError as error:
        raise Problem(f"{page}: {error}") from error
    measured = measure(shops, customers, seed, partial(click.echo, err=True))
    click.echo(text(measured))
    if page:
        page.write_text(put(page.read_text(encoding="utf-8"), section(measured)), encoding="utf-8")
