"""A page of the simulated year, made once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from page_reader import PageReader

if TYPE_CHECKING:
    from pipelines.settings import Settings


@pytest.fixture(scope="session")
def html(simulated_year: Settings) -> str:
    """The page of the simulated year, in English."""
    from pipelines.ops.published import opened_published
    from pipelines.report.page import render

    with opened_published(simulated_year) as connection:
        return render(connection, simulated_year)


@pytest.fixture(scope="session")
def page(html: str) -> PageReader:
    return PageReader(html)
