-- table: loop.recovery
-- blocking: yes
-- each: month
-- Rates lie in their intervals, parts do not exceed the whole, and followed-up customers sum over hours to contact.
SELECT month, category, arm, hours_to_contact FROM loop.recovery
WHERE recovery_rate NOT BETWEEN rate_low AND rate_high OR rate_low < 0 OR rate_high > 1 OR isnan(rate_low)
    OR reorder_rate NOT BETWEEN reorder_low AND reorder_high OR reorder_low < 0 OR reorder_high > 1 OR isnan(reorder_low)
    OR recovered > re_surveyed OR re_surveyed > customers OR contacted > customers OR reordered > customers_90d
    OR (arm = 'followed_up' AND contacted < customers) OR (arm = 'not_followed_up' AND contacted > 0)
UNION ALL
SELECT month, category, arm, 'all' FROM loop.recovery WHERE arm = 'followed_up'
GROUP BY ALL
HAVING sum(customers) <> 2 * sum(customers) FILTER (hours_to_contact = 'all')
    OR sum(recovered) <> 2 * sum(recovered) FILTER (hours_to_contact = 'all')
    OR sum(customers_365d) <> 2 * sum(customers_365d) FILTER (hours_to_contact = 'all')
