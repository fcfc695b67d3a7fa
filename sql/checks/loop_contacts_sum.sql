-- table: loop.contacts
-- blocking: yes
-- each: month
-- Broken rules are counted per invitation: no fewer than of each rule, no more than of all.
SELECT month, surveys, invitations, broken_rules, too_soon, after_unsubscribing, after_bouncing FROM loop.contacts
WHERE broken_rules < greatest(too_soon, after_unsubscribing, after_bouncing)
    OR broken_rules > too_soon + after_unsubscribing + after_bouncing
    OR invitations < greatest(broken_rules, answered, customers)
    OR abs(response_rate * invitations - answered) > 1e-6
