"""Formulas that know no table: scores, intervals, pooling, customer-base models. README.md lists them."""
