-- table: loop.contacts
-- blocking: yes
-- Every invitation of a known customer is counted once, in its month.
SELECT c.month, any_value(i.invitations) AS made, sum(c.invitations) AS counted FROM loop.contacts AS c
LEFT JOIN (
    SELECT date_trunc('month', invited_date) AS month, count(*) AS invitations FROM core.invitations
    JOIN ops.computed AS o ON o.table_name = 'loop.contacts' AND o.month = date_trunc('month', invited_date)
    WHERE customer_id IS NOT NULL AND invited_at <= o.as_of GROUP BY ALL
) AS i USING (month)
GROUP BY c.month HAVING sum(c.invitations) IS DISTINCT FROM any_value(i.invitations)
