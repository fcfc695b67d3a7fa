-- table: loop.uplift
-- blocking: yes
-- each: month
-- Each ranking has ten tenths with a gain, or one row with a reason; both gain the same where everybody is followed up.
SELECT month, ranking, count(*) AS rows FROM loop.uplift GROUP BY ALL
HAVING NOT (count(*) = 10 AND count(gain) = 10 AND count(qini) = 10 AND count(reason) = 0)
    AND NOT (count(*) = 1 AND count(gain) = 0 AND count(qini) = 0 AND count(reason) = 1)
UNION ALL
SELECT month, 'both', count(*) FROM loop.uplift WHERE tenth = 10 GROUP BY ALL
HAVING isnan(sum(gain)) OR max(gain) - min(gain) > 1e-9 OR isnan(max(qini))
