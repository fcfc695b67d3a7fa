-- What comes first, day or month, in the days of each file's columns that need an order, and what tells it: other days of
-- the column, then of the file; the order of the rows and times that the file states; the setting (variable date_order).
-- Temporary tables: day_cells (file_id, row_number, column_name, text), written_times, other_times, stated_days. A column
-- that shows both orders, or whose evidence contradicts itself, is never read by one.
WITH cells AS (
    SELECT c.file_id, c.row_number, c.column_name, w.day_first, w.month_first, w.shows, w.needs_order
    FROM day_cells AS c JOIN written_times AS w USING (text)
    WHERE w.needs_order OR w.shows IS NOT NULL
),
neighbours AS (
    SELECT *, lag(day_first) OVER rows AS day_before, lag(month_first) OVER rows AS month_before
    FROM cells WINDOW rows AS (PARTITION BY file_id, column_name ORDER BY row_number)
),
columns AS (
    SELECT file_id, column_name, bool_or(needs_order) AS needs_order,
        CASE WHEN min(shows) <> max(shows) THEN 'both' ELSE min(shows) END AS shown,
        -- Two days are in order by chance too often.
        count(DISTINCT CAST(day_first AS DATE)) >= 3 AS are_many,
        bool_and(day_first >= day_before) AS day_grows, bool_and(month_first >= month_before) AS month_grows,
        bool_and(day_first <= day_before) AS day_falls, bool_and(month_first <= month_before) AS month_falls
    FROM neighbours GROUP BY ALL
),
grown AS (
    SELECT file_id, column_name, 'the order of the rows' AS told_by, CASE
        WHEN NOT are_many THEN NULL
        WHEN day_grows <> month_grows THEN CASE WHEN day_grows THEN 'day' ELSE 'month' END
        -- Exports of orders begin with the newest.
        WHEN NOT day_grows AND day_falls <> month_falls THEN CASE WHEN day_falls THEN 'day' ELSE 'month' END
    END AS tells
    FROM columns
),
-- Nothing happens after the export, but for zones; a promise is for later.
exported AS (
    SELECT file_id, column_name, day_first, month_first, CAST(day AS TIMESTAMPTZ) + INTERVAL 2 DAYS AS latest
    FROM cells JOIN stated_days USING (file_id)
    UNION ALL
    SELECT c.file_id, c.column_name, day_first, month_first, moment + INTERVAL 1 DAY AS latest
    FROM cells AS c JOIN other_times AS o USING (file_id, row_number)
    WHERE o.is_export
),
-- A survey 30 days after the purchase makes the wrong reading of one day look like the day of the purchase.
beside AS (
    SELECT file_id, c.column_name, count(DISTINCT CAST(day_first AS DATE)) >= 2 AS are_several,
        bool_and(abs(epoch(day_first) - epoch(moment)) <= 36 * 3600) AS day_near,
        bool_and(abs(epoch(month_first) - epoch(moment)) <= 36 * 3600) AS month_near
    FROM cells AS c JOIN other_times AS o USING (file_id, row_number)
    WHERE c.needs_order
    GROUP BY file_id, c.column_name, o.column_name
),
evidence AS (
    FROM grown WHERE tells IS NOT NULL
    UNION ALL
    SELECT file_id, column_name, 'the time of the export' AS told_by,
        CASE WHEN bool_and(day_first < latest) THEN 'day' ELSE 'month' END AS tells
    FROM exported WHERE column_name <> 'promised_at'
    GROUP BY file_id, column_name HAVING bool_and(day_first < latest) <> bool_and(month_first < latest)
    UNION ALL
    SELECT file_id, column_name, 'times of another column' AS told_by, CASE WHEN day_near THEN 'day' ELSE 'month' END AS tells
    FROM beside WHERE are_several AND day_near <> month_near
),
told AS (
    SELECT file_id, column_name, CASE WHEN min(tells) = max(tells) THEN min(tells) ELSE 'both' END AS tells,
        string_agg(DISTINCT told_by, ' and ' ORDER BY told_by) AS told_by
    FROM evidence GROUP BY ALL
),
files AS (
    SELECT file_id, CASE WHEN min(shown) = max(shown) THEN nullif(min(shown), 'both') END AS shown
    FROM columns GROUP BY file_id
),
told_files AS (
    SELECT file_id, min(tells) AS tells, min(told_by) AS told_by
    FROM told GROUP BY file_id HAVING min(tells) = max(tells) AND min(tells) <> 'both'
)
SELECT file_id, c.column_name,
    CASE WHEN c.shown = 'both' THEN NULL
        ELSE nullif(coalesce(c.shown, f.shown, t.tells, o.tells, getvariable('date_order')), 'both') END AS reading,
    CASE WHEN c.shown = 'both' THEN 'days of both orders'
        WHEN c.shown IS NOT NULL THEN 'other days of the column'
        WHEN f.shown IS NOT NULL THEN 'other days of the file'
        WHEN t.tells = 'both' THEN 'times that contradict each other'
        WHEN coalesce(t.tells, o.tells) IS NOT NULL THEN coalesce(t.told_by, o.told_by)
        WHEN getvariable('date_order') IS NOT NULL THEN 'NORTHSTAR_DATE_ORDER'
        ELSE 'nothing' END AS told_by
FROM columns AS c
JOIN files AS f USING (file_id)
LEFT JOIN told AS t ON t.file_id = c.file_id AND t.column_name = c.column_name
LEFT JOIN told_files AS o ON o.file_id = c.file_id
WHERE c.needs_order
