-- table: core.invitations
-- blocking: yes
-- No answer belongs to two invitations. An answer with a time of invitation has an invitation, or its customer has one.
SELECT response_id, count(*) AS rows FROM core.invitations WHERE response_id IS NOT NULL
GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT response_id, 0 FROM core.responses AS r
WHERE invited_at IS NOT NULL AND NOT EXISTS (
    FROM core.invitations AS i WHERE i.response_id = r.response_id OR i.customer_id = r.customer_id
)
