"""The examples in the docstrings of pipelines/statistics are right, and every public function has one."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil

import pytest

from pipelines import statistics

MODULES = [f"pipelines.statistics.{module.name}" for module in pkgutil.iter_modules(statistics.__path__)]


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_has_an_example_that_is_right(name: str) -> None:
    module = importlib.import_module(name)
    examples = {test.name.removeprefix(f"{name}."): test for test in doctest.DocTestFinder().find(module)}
    public = {
        function
        for function, value in inspect.getmembers(module, inspect.isfunction)
        if not function.startswith("_") and value.__module__ == name
    }
    assert {function for function in public if not examples[function].examples} == set()
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    for test in examples.values():
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0
