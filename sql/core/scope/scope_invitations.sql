-- Invitations of which any version names a person in scope, and touched ones.
-- Temporary tables: people, touched_invitations.
SELECT source, invitation_id FROM vault.raw.invitations SEMI JOIN people USING (identity)
UNION SELECT source, invitation_id FROM touched_invitations
