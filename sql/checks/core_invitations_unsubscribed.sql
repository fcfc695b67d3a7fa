-- table: core.invitations
-- blocking: yes
-- each: invitation_id
-- Whoever unsubscribed did so at a time, after the invitation; nobody else has one.
SELECT invitation_id, is_unsubscribed, invited_at, unsubscribed_at FROM core.invitations
WHERE coalesce(is_unsubscribed, false) <> (unsubscribed_at IS NOT NULL) OR unsubscribed_at < invited_at
