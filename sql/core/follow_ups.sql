-- core.follow_ups for the answers in scope: the newest version of each contact, whether or not its answer is known.
-- Session: publish_comments. Temporary tables: named_follow_ups, new_files. One column more than the table has: the file
-- that changed the contact.
WITH newest AS (
    FROM named_follow_ups
    QUALIFY row_number() OVER (
        PARTITION BY full_id, contacted_at
        ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
    ) = 1
)
SELECT
    full_id AS response_id,
    source,
    contacted_at,
    is_dated IS NOT false AS is_dated,
    resolved_at,
    -- A pseudonym replaces an address, so that contacts can still be counted by owner.
    CASE WHEN strpos(owner, '@') > 0 THEN impersonal(lower(trim(owner))) ELSE masked_text(nullif(trim(owner), '')) END
        AS owner,
    masked_text(nullif(trim(outcome), '')) AS outcome,
    CASE WHEN getvariable('publish_comments') THEN masked_text(nullif(trim(note), '')) END AS note,
    n.file_id
FROM newest AS f
LEFT JOIN new_files AS n USING (file_id)
-- A mark without a time says no more than a dated contact that resolved the answer; one that was taken back says nothing.
WHERE is_dated IS NOT false
    OR (resolved_at IS NOT NULL AND full_id NOT IN (
        SELECT full_id FROM newest WHERE is_dated IS NOT false AND resolved_at IS NOT NULL
    ))
