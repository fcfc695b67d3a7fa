"""What the value tests share: a shop with fitted models is drawn and computed once."""

from __future__ import annotations

import pytest
from value.modelled_shop import records, tables


@pytest.fixture(scope="session")
def whole():
    """A shop's orders and answers, and all its tables."""
    facts = records(3)
    return facts, tables(*facts)
