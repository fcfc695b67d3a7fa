"""Schema nps: the score, its error and its change."""

import dagster as dg

from assets import figures


def build() -> list[dg.AssetsDefinition]:
    """The assets of schema nps."""
    return figures.build("nps")
