"""Rows planted among the survey tools' answers that a correct warehouse refuses.

Here: how many of each kind, and why they are no answers. Not here: writing them (export_surveys).
"""

from __future__ import annotations

import math
from typing import Any

from pipelines.simulate.world import World


def refused_rows(world: World) -> dict[str, dict[str, Any]]:
    """By kind of row: the tool that exports it, the reason to refuse it, and the number of rows."""
    p = world.parameters
    qualtrics = int((world.answers["survey"] == 0).sum())
    retently = len(world.answers) - qualtrics
    kinds = {
        "csat": ("retently", "metricsType is CSAT, not NPS", p.csat, retently),
        "bogus": ("retently", "isBogus", p.bogus, retently),
        "preview": ("qualtrics", "Status is Survey Preview", p.preview, qualtrics),
        "unfinished": ("qualtrics", "Finished is False", p.unfinished, qualtrics),
    }
    return {
        name: {"source": source, "reason": reason, "rows": math.ceil(share * answers)}
        for name, (source, reason, share, answers) in kinds.items()
    }
