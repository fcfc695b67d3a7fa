"""The standard error of an impact from the influence of every answer, one by one."""

from __future__ import annotations

from math import sqrt


def error_by_hand(signs_having, signs_lacking):
    """The standard error in points, from the signs of answers with and without the topic."""
    signs = signs_having + signs_lacking
    number, mean, rest = len(signs), sum(signs) / len(signs), sum(signs_lacking) / len(signs_lacking)
    share = len(signs_having) / number
    influence = [sign - mean for sign in signs_having]
    influence += [sign - mean - (sign - rest) / (1 - share) for sign in signs_lacking]
    return 100 * sqrt(sum(value**2 for value in influence) / number / number)
