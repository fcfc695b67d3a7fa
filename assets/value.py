"""Schema value: what customers and promoters are worth."""

import dagster as dg

from assets import figures


def build() -> list[dg.AssetsDefinition]:
    """The assets of schema value."""
    return figures.build("value")
