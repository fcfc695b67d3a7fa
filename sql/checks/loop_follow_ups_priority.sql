-- table: loop.follow_ups
-- blocking: yes
-- each: month
-- Priorities run from 1 without a gap, and everybody waiting has one.
SELECT month, response_id, priority FROM loop.follow_ups
QUALIFY priority <> row_number() OVER (PARTITION BY month, priority IS NULL ORDER BY priority)
    OR (priority IS NULL AND status IN ('open', 'overdue', 'contacted') AND NOT is_held_out AND is_latest
        AND customer_id IS NOT NULL)
