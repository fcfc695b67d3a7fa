-- AskNicely surveys sent, from the same export as the answers. Every row that was sent, answered or not, has the id of
-- its answer, so that a survey answered after an earlier export stays one invitation. The latest event dates the
-- version.
-- source: asknicely
-- recognised by: response_id, contact_id, answer, sent, responded
-- also reads: person_id, email, comment, opened, dontcontact, question_type, *
-- records: data, .
SELECT
    file_id,
    row_number,
    response_id AS invitation_id,
    unix_time(sent) AS invited_at,
    email AS customer_email,
    coalesce(clean(contact_id), person_id) AS customer_id,
    clean(answer) IS NOT NULL OR unix_time(opened) IS NOT NULL AS opened,
    coalesce(clean(dontcontact), '0') NOT IN ('0', 'false') AS unsubscribed,
    greatest(parse_time(unix_time(sent)), parse_time(unix_time(opened)), parse_time(unix_time(responded))) AS updated_at
FROM input
WHERE coalesce(lower(clean(question_type)), 'nps') = 'nps' AND (unix_time(sent) IS NOT NULL OR clean(answer) IS NULL)
