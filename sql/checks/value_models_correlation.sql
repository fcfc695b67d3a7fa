-- table: value.models
-- blocking: no
-- each: month
-- Money per order and number of orders are nearly uncorrelated, as Gamma-Gamma assumes: the correlation is at most 0.3.
SELECT DISTINCT month, correlation FROM value.models WHERE abs(correlation) > 0.3
