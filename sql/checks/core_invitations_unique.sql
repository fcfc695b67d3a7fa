-- table: core.invitations
-- blocking: yes
-- An invitation_id stands once.
SELECT invitation_id, count(*) AS rows FROM core.invitations GROUP BY ALL HAVING count(*) > 1
