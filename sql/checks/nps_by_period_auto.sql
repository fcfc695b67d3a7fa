-- table: nps.by_period
-- blocking: yes
-- each: month
-- Each month and stage with an answer in its trailing year has one auto window.
SELECT month, stage, count(*) FILTER (grain = 'auto') AS windows FROM nps.by_period
WHERE grain IN ('auto', 'trailing_365d') GROUP BY ALL
HAVING count(*) FILTER (grain = 'auto') > 1
    OR (count(*) FILTER (grain = 'auto') = 0 AND bool_or(grain = 'trailing_365d' AND is_complete))
