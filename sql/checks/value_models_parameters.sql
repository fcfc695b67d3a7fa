-- table: value.models
-- blocking: yes
-- each: month
-- Each month has the four parameters of BG/NBD and the three of Gamma-Gamma.
SELECT month, model, list(DISTINCT parameter) AS parameters FROM value.models GROUP BY ALL
HAVING list(DISTINCT parameter ORDER BY parameter) <> CASE model WHEN 'bg_nbd' THEN ['a', 'alpha', 'b', 'r'] ELSE ['gamma', 'p', 'q'] END
