"""Schema loop: whom to call, whom to ask, whom to leave alone, and what came of it."""

import dagster as dg

from assets import figures


def build() -> list[dg.AssetsDefinition]:
    """The assets of schema loop."""
    return figures.build("loop")
