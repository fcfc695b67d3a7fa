"""A published shop for the tests of schema ops."""

from __future__ import annotations

import pytest
from warehouse.small_warehouse import compute_all, fill, forget_invitations, make_settings

from pipelines.publish import publish
from pipelines.warehouse.connection import opened


@pytest.fixture(scope="module")
def published_once(tmp_path_factory):
    """The home of the small warehouse, computed and published in March."""
    home = tmp_path_factory.mktemp("once")
    settings = make_settings(home)
    with opened(settings) as connection:
        fill(connection)
        forget_invitations(connection)
        compute_all(connection, settings)
        publish(connection, settings)
    return home
