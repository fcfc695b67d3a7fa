"""`northstar simulate`: the exports of a shop whose truth is known.

Here: its options, and what each plants. Not here: drawing the shop (pipelines/simulate), and the demo (demo.py).
"""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import click

from assets import demo
from pipelines.settings import Settings


@click.option("--customers", type=click.IntRange(1), default=demo.CUSTOMERS, show_default=True)
@click.option("--months", type=click.IntRange(1), default=demo.MONTHS, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=demo.SEED, show_default=True)
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder to write to.")
@click.option("--end", metavar="YYYY-MM-DD", help="The day after the shop's last day.  [default: tomorrow]")
@click.option(
    "--response-per-satisfaction",
    type=float,
    metavar="LOG_ODDS",
    help="How much likelier the satisfied answer, per standard deviation.  [default: 0.2]",
)
@click.option(
    "--delay-per-satisfaction",
    type=float,
    metavar="LOG_TIME",
    help="How much later the satisfied answer, per standard deviation; negative: sooner.  [default: 0]",
)
@click.option(
    "--follow-up-effect",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="Greatest chance that a contact turns a detractor's next answer; differs between customers.  [default: 0]",
)
@click.option(
    "--holdout",
    type=click.FloatRange(0, 1),
    metavar="SHARE",
    help="Share of people whom the simulated shop never contacts; the warehouse draws its own.  [default: 0]",
)
def simulate(customers: int, months: int, seed: int, out: Path, end: str | None, **planted: float | None) -> None:
    """Write the exports of a shop whose truth is known; the truth goes to a file beside OUT."""
    from pipelines.periods import Clock
    from pipelines.simulate import Parameters
    from pipelines.simulate import simulate as simulate_shop

    settings = Settings()
    end_day = _day(end) if end else Clock(settings.as_of, settings.timezone).cut
    given: dict[str, Any] = {name: value for name, value in planted.items() if value is not None}
    parameters = replace(Parameters(), **given)
    shop = simulate_shop(out, customers=customers, months=months, seed=seed, end=end_day, parameters=parameters)
    click.echo(
        f"{shop.orders} orders and {shop.responses} answers in {out}, the truth behind them in {shop.truth_path}"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        message = f"{text!r} is not a day, YYYY-MM-DD"
        raise click.UsageError(message) from None
