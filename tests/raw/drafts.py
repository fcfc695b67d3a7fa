"""What `northstar explain` would draft for a text, as tests look at it.

Here: one file tried without any shipped format. Not here: expectations.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

from pipelines.raw import load
from pipelines.raw.formats import Formats, read_formats
from pipelines.raw.trial import Trial, trial
from pipelines.settings import Settings
from pipelines.warehouse.quoting import identifier


def tried(path: Path, home: Path) -> Trial:
    """What explaining a file says where there are neither shipped formats nor the canonical form.

    So its header is unknown, even after a format for it was shipped.
    """

    def own_formats(*arguments: Any) -> Formats:
        formats = read_formats(*arguments)
        return replace(formats, all=tuple(one for one in formats.all if one.is_own))

    with patch.object(load, "read_formats", own_formats):
        [one] = trial(path, Settings(home=home, salt="a salt for the tests"))
    return one


class Drafted:
    """A draft and what it would load."""

    def __init__(self, path: Path, home: Path) -> None:
        """Draft for a file."""
        self.trial = tried(path, home)
        assert self.trial.draft is not None
        assert self.trial.tried is not None
        self.kind, self.text = self.trial.draft.kind, self.trial.draft.text
        self.loaded = self.trial.tried

    def line(self, name: str) -> str:
        """The line of a canonical column; empty if there is none."""
        lines = [line for line in self.text.splitlines() if re.search(rf" AS {name},?  --", line)]
        return lines[0].strip() if lines else ""

    def column(self, name: str) -> str:
        """The expression of a canonical column."""
        return self.line(name).rpartition(f" AS {name}")[0]

    def is_sure(self, name: str) -> bool:
        """Whether the line is marked as a guess that nothing speaks against."""
        return "-- guess: " in self.line(name)

    def reads(self, name: str, column: str) -> bool:
        """Whether the canonical column is read from that column."""
        return identifier(column) in self.column(name)
