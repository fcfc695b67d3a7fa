-- core.invitations for the invitations and answers in scope: what was sent, and which answer came of it. An answer
-- belongs to the invitation with its own source and id (a survey tool's row is both; canonical files number the two
-- separately), else to the same person's latest invitation of the 90 days before it, unless both name different
-- surveys. The first of the answers that belong to an invitation is its answer. An answer that says when it was invited
-- and belongs to no invitation is one itself, so that each is counted once. core.responses already holds the new
-- answers. Temporary tables: current_invitations, new_responses, people, new_files. One column more than the table has:
-- the file that changed the invitation.
WITH sent AS (
    SELECT i.*, p.customer_id AS person, label(i.survey) AS survey_name
    FROM current_invitations AS i
    LEFT JOIN people AS p ON p.identity = i.identity
),
-- Invitations that share a record with an answer, whether or not the answer is in scope.
same_record AS (
    SELECT full_id FROM sent WHERE source <> 'canonical' AND full_id IN (SELECT response_id FROM core.responses)
),
sent_by_tools AS (
    SELECT published_id(source, invitation_id) AS full_id FROM vault.raw.invitations WHERE source <> 'canonical'
),
matched AS (
    SELECT r.response_id, arg_max(s.full_id, {'moment': s.invited_at, 'id': s.full_id}) AS full_id
    FROM new_responses AS r
    JOIN sent AS s ON s.person = r.customer_id
        AND s.invited_at <= r.responded_at AND s.invited_at >= r.responded_at - INTERVAL 90 DAY
        AND coalesce(lower(trim(s.survey_name)) = lower(trim(r.survey)), true)
    WHERE r.response_id NOT IN (SELECT full_id FROM sent_by_tools)
        AND s.full_id NOT IN (SELECT full_id FROM same_record)
    GROUP BY r.response_id
),
answered AS (
    SELECT full_id, full_id AS response_id FROM same_record
    UNION ALL
    SELECT f.full_id, arg_min(f.response_id, {'moment': r.responded_at, 'id': f.response_id})
    FROM matched AS f
    JOIN new_responses AS r USING (response_id)
    GROUP BY f.full_id
)
SELECT
    s.full_id AS invitation_id,
    s.source,
    s.person AS customer_id,
    s.invited_at,
    business_date(s.invited_at) AS invited_date,
    s.survey_name AS survey,
    s.stage,
    label(s.channel) AS channel,
    -- Whoever opened or answered it has received it.
    CASE WHEN a.response_id IS NOT NULL OR s.opened THEN true ELSE coalesce(s.delivered, NOT s.bounced) END
        AS is_delivered,
    CASE WHEN a.response_id IS NOT NULL THEN true ELSE s.opened END AS is_opened,
    s.bounced AS is_bounced,
    s.unsubscribed AS is_unsubscribed,
    -- Some sources date a change before the invitation it is about.
    CASE WHEN s.unsubscribed THEN greatest(s.first_unsubscribed_at, s.invited_at) END AS unsubscribed_at,
    s.reminders,
    a.response_id,
    true AS is_declared,
    n.file_id
FROM sent AS s
LEFT JOIN answered AS a USING (full_id)
LEFT JOIN new_files AS n USING (file_id)
UNION ALL BY NAME
SELECT
    -- A canonical answer and a canonical invitation may have the same id by chance.
    CASE WHEN source = 'canonical' THEN 'response:' || response_id ELSE response_id END AS invitation_id,
    source,
    customer_id,
    least(invited_at, responded_at) AS invited_at,
    business_date(least(invited_at, responded_at)) AS invited_date,
    survey,
    NULL AS stage,
    channel,
    true AS is_delivered,
    true AS is_opened,
    NULL AS is_bounced,
    NULL AS is_unsubscribed,
    NULL AS unsubscribed_at,
    NULL AS reminders,
    response_id,
    false AS is_declared
FROM new_responses
WHERE invited_at IS NOT NULL
    AND response_id NOT IN (SELECT full_id FROM sent_by_tools UNION ALL SELECT response_id FROM matched)
