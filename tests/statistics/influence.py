"""The standard error of an impact from the influence of every answer, one by one."""

from __future__ import annotations

from math import sqrt

# Half of the adjusted Wald pseudo-answers, as signs and how much of an answer each is.
PSEUDO = [(1, 0.375), (0, 0.75), (-1, 0.375)]


def error_by_hand(signs_having, signs_lacking):
    """The standard error in points, from the signs of answers with and without the topic."""
    return of_weighted([(sign, 1) for sign in signs_having], [(sign, 1) for sign in signs_lacking])[1]


def interval_by_hand(signs_having, signs_lacking):
    """The 95 % interval of few answers: pseudo-answers on both sides, widened to hold the impact, points."""
    having, lacking = ([(sign, 1) for sign in signs] for signs in (signs_having, signs_lacking))
    point = of_weighted(having, lacking)[0]
    centre, error = of_weighted(having + PSEUDO, lacking + PSEUDO)
    margin = 1.959963984540054 * error
    return min(point, centre - margin), max(point, centre + margin)


def of_weighted(having, lacking):
    """Impact and its standard error in points, from (sign, weight) of answers with and without the topic."""

    def mean_of(answers):
        return sum(sign * weight for sign, weight in answers) / sum(weight for _, weight in answers)

    number = sum(weight for _, weight in having + lacking)
    mean, rest = mean_of(having + lacking), mean_of(lacking)
    share = sum(weight for _, weight in having) / number
    influence = [(sign - mean, weight) for sign, weight in having]
    influence += [(sign - mean - (sign - rest) / (1 - share), weight) for sign, weight in lacking]
    return 100 * (mean - rest), 100 * sqrt(sum(weight * value**2 for value, weight in influence) / number / number)
