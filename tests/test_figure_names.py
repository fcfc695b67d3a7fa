"""A figure table, the module that computes it and its function have one name."""

from __future__ import annotations

import pytest

from pipelines.figures import FIGURES
from pipelines.figures.figure import Figure


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.table)
def test_table_module_and_function_have_one_name(figure: Figure) -> None:
    schema, name = figure.table.split(".")
    assert (figure.compute.__module__, figure.compute.__name__) == (f"pipelines.{schema}.{name}", name)
