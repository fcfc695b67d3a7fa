"""Formulas that know no table: scores, intervals, tests, pooling, customer-base models. README.md lists them."""
