-- The newest night, or the one called $night: one row or none, with times in UTC as text for a reader.
SELECT
    night_id,
    status,
    reason,
    strftime(started_at AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M UTC') AS started,
    files_loaded,
    files_failed,
    files_unrecognised,
    rows_accepted,
    rows_rejected,
    strftime(first_stale_month, '%Y-%m') AS first_stale_month,
    because,
    months,
    figure_rows,
    array_to_string(
        list_transform(map_entries(seconds), lambda one: one.key || ' ' || CAST(round(one.value, 1) AS VARCHAR)), ', '
    ) AS seconds,
    strftime(published_at AT TIME ZONE 'UTC', '%Y-%m-%d %H:%M UTC') AS published,
    restatements
FROM ops.nights
WHERE $night IS NULL OR night_id = $night
ORDER BY started_at DESC
LIMIT 1
