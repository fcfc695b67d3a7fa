-- table: value.models
-- blocking: yes
-- A month has the four parameters of the one model and the three of the other, each once.
SELECT month, model, count(*) AS rows, list(parameter) AS parameters FROM value.models GROUP BY ALL
HAVING list(parameter ORDER BY parameter) <> CASE model WHEN 'bg_nbd' THEN ['a', 'alpha', 'b', 'r'] ELSE ['gamma', 'p', 'q'] END
