-- table: core.invitations
-- blocking: yes
-- An answer belongs to one invitation, and one that tells when it was invited to some, be it another's that it shares.
SELECT response_id, count(*) AS rows FROM core.invitations WHERE response_id IS NOT NULL
GROUP BY ALL HAVING count(*) > 1
UNION ALL
SELECT response_id, 0 FROM core.responses AS r
WHERE invited_at IS NOT NULL AND NOT EXISTS (
    FROM core.invitations AS i WHERE i.response_id = r.response_id OR i.customer_id = r.customer_id
)
