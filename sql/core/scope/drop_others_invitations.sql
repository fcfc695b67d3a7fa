-- Leaves the invitations whose newest version names a person in scope, and the touched ones.
-- Temporary tables: current_invitations, people, touched_invitations.
DELETE FROM current_invitations
WHERE (
    identity IN (SELECT identity FROM people)
    OR (source, invitation_id) IN (SELECT (source, invitation_id) FROM touched_invitations)
) IS NOT true
