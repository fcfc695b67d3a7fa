-- table: value.models
-- blocking: no
-- How much is spent hardly goes with how often, as Gamma-Gamma takes for granted: the correlation is at most 0.3.
SELECT DISTINCT month, correlation FROM value.models WHERE abs(correlation) > 0.3
