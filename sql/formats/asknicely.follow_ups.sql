-- AskNicely cases, from the same export as the answers: closed at case_closed_time, which the API adds with
-- includestatustime=yes; without it a closed case has no time.
-- source: asknicely
-- recognised by: response_id, contact_id, answer, sent, responded
-- also reads: status, note, case_closed_time, case_assigned_user, question_type
-- records: data, .
SELECT
    file_id,
    row_number,
    response_id,
    coalesce(closed_at, answered_at) AS contacted_at,
    CASE WHEN is_closed THEN coalesce(closed_at, answered_at) END AS resolved_at,
    case_assigned_user AS owner,
    status AS outcome,
    note,
    closed_at IS NOT NULL AS is_dated
FROM (
    SELECT *, unix_time(case_closed_time) AS closed_at, unix_time(responded) AS answered_at,
        unix_time(case_closed_time) IS NOT NULL OR lower(clean(status)) IN ('closed', 'resolved') AS is_closed
    FROM input
    WHERE clean(answer) IS NOT NULL AND coalesce(lower(clean(question_type)), 'nps') = 'nps'
)
-- A case that is open may have been closed in an earlier export.
WHERE is_closed OR clean(status) IS NOT NULL OR clean(case_assigned_user) IS NOT NULL
