-- table: loop.audience_changes
-- blocking: yes
-- each: month
-- Whoever entered an audience belongs to it, whoever left does not.
SELECT c.month, c.audience, c.customer_id, c.change
FROM loop.audience_changes AS c LEFT JOIN loop.audiences AS a USING (month, audience, customer_id)
WHERE (c.change = 'entered') <> (a.month IS NOT NULL)
