-- Retently API v2 feedback as saved: answers marked as resolved. The export does not say when.
-- source: retently
-- recognised by: id, customerId, createdDate, score, campaignId
-- also reads: resolved, assigned, status, notes, metricsType, isBogus
-- records: data.responses, .
SELECT
    file_id,
    row_number,
    id AS response_id,
    "createdDate" AS contacted_at,
    CASE WHEN parse_boolean(clean(resolved)) THEN "createdDate" END AS resolved_at,
    item_text(assigned) AS owner,
    status AS outcome,
    flat_text(notes) AS note,
    false AS is_dated
FROM input
WHERE coalesce(upper(clean("metricsType")), 'NPS') = 'NPS' AND parse_boolean(clean("isBogus")) IS NOT true
    -- An answer that somebody looked after may have been resolved in an earlier export.
    AND (
        parse_boolean(clean(resolved)) OR clean(assigned) IS NOT NULL OR clean(status) IS NOT NULL
        OR coalesce(clean(notes), '[]') <> '[]'
    )
