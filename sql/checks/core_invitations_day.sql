-- table: core.invitations
-- blocking: yes
-- each: invitation_id
-- invited_date is the day of invited_at in the business zone.
SELECT invitation_id, invited_at, invited_date FROM core.invitations WHERE invited_date <> CAST(invited_at AS DATE)
