-- table: loop.follow_ups
-- blocking: yes
-- each: month
-- The status says what the times say; hours are counted from the answer to the contact; nobody who is held out has a priority.
SELECT month, response_id, status, contacted_at, resolved_at FROM loop.follow_ups
WHERE (status IN ('open', 'overdue', 'held_out') AND (contacted_at IS NOT NULL OR resolved_at IS NOT NULL))
    OR (status = 'contacted' AND (contacted_at IS NULL OR resolved_at IS NOT NULL))
    OR (status = 'held_out' AND NOT is_held_out) OR (status IN ('open', 'overdue') AND is_held_out)
    OR (hours_to_contact IS NULL) <> (contacted_at IS NULL) OR hours_to_contact < 0
    OR abs(hours_to_contact - greatest(epoch(contacted_at) - epoch(responded_at), 0) / 3600) > 1
    OR (priority IS NOT NULL AND (is_held_out OR customer_id IS NULL OR status = 'resolved' OR NOT is_latest))
    OR (is_urgent AND is_held_out)
