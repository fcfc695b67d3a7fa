-- table: core.invitations
-- blocking: yes
-- each: invitation_id
-- No e-mail address in an id or any other text.
SELECT invitation_id FROM core.invitations
WHERE regexp_matches(concat_ws(' ', invitation_id, source, customer_id, survey, channel, response_id),
    '[^\s(@]@[^\s@.]+[.][^\s@.]{2}')
