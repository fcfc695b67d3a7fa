-- Invitations that landed or whose answer is touched: a survey tool's answer and invitation have one id, whomever they
-- name. Temporary tables: new_files, touched_responses.
SELECT source, invitation_id FROM vault.raw.invitations SEMI JOIN new_files USING (file_id)
UNION
SELECT source, invitation_id FROM vault.raw.invitations
WHERE (source, invitation_id) IN (SELECT (source, response_id) FROM touched_responses)
