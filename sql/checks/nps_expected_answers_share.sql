-- table: nps.expected_answers
-- blocking: yes
-- each: month
-- The share of the expected answers is above 0 and at most 1, and answers_to_come follows from it.
SELECT grain, period_start, count(*) AS rows FROM nps.expected_answers GROUP BY ALL
HAVING NOT bool_and(coalesce(
    expected_share > 0 AND expected_share <= 1 + 1e-9 AND abs(answers / expected_share - answers - answers_to_come) < 1e-6,
    answers_to_come IS NULL))
