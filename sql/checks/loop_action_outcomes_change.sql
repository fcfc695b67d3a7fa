-- table: loop.action_outcomes
-- blocking: yes
-- each: month
-- The change is the difference of the two periods, inside its interval, and NULL without answers in either.
SELECT month, rank, dimension, segment FROM loop.action_outcomes
WHERE (before IS NULL) <> (responses_before = 0) OR (since IS NULL) <> (responses_since = 0)
    OR (change IS NULL) <> (since IS NULL OR before IS NULL)
    OR NOT coalesce(abs(change - (since - before)) < 1e-9, change IS NULL)
    OR NOT coalesce(change BETWEEN change_low AND change_high, change IS NULL)
