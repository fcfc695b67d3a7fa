-- table: nps.expected_answers
-- blocking: yes
-- One row per open window, with a share of what is expected above 0 and at most 1, and answers to come that go with it.
SELECT grain, period_start, count(*) AS rows FROM nps.expected_answers GROUP BY ALL
HAVING count(*) > 1 OR NOT bool_and(coalesce(
    expected_share > 0 AND expected_share <= 1 + 1e-9 AND abs(answers / expected_share - answers - answers_to_come) < 1e-6,
    answers_to_come IS NULL))
