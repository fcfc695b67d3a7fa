-- table: nps.migration_change
-- blocking: yes
-- each: month
-- The change lies in its interval, a p-value within 0 and 1.
SELECT month FROM nps.migration_change
WHERE net_change NOT BETWEEN change_low AND change_high OR p_value NOT BETWEEN 0 AND 1 OR isnan(stuart_maxwell)
    OR abs(net_change - (nps_after - nps_before)) > 1e-9
