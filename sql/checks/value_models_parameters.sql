-- table: value.models
-- blocking: yes
-- each: month
-- Each month has the four parameters of one model of purchases and the three of Gamma-Gamma.
SELECT month, list(DISTINCT model) AS models, list(DISTINCT parameter) AS parameters FROM value.models GROUP BY month, model = 'gamma_gamma'
HAVING list(DISTINCT parameter ORDER BY parameter) <> CASE any_value(model) WHEN 'gamma_gamma' THEN ['gamma', 'p', 'q'] ELSE ['a', 'alpha', 'b', 'r'] END
    OR count(DISTINCT model) <> 1
