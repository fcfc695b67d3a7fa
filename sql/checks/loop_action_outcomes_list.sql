-- table: loop.action_outcomes
-- blocking: yes
-- Every place of the list of three months before has its outcome.
SELECT o.month, o.rank, o.dimension, o.segment
FROM loop.action_outcomes AS o
ANTI JOIN loop.actions AS a ON a.month = o.action_month AND a.rank = o.rank AND a.dimension = o.dimension
    AND a.segment = o.segment AND o.month = o.action_month + INTERVAL 3 MONTH
