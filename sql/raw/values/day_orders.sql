-- What comes first, day or month, in the days of each file's columns that need an order, and what tells it: other days of
-- the column, then of the file, the order of the rows, the setting (variable date_order). Temporary tables: day_cells
-- (file_id, row_number, column_name, text), written_times. A column that shows both orders is never read by one.
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
    SELECT *, CASE
        WHEN NOT are_many THEN NULL
        WHEN day_grows <> month_grows THEN CASE WHEN day_grows THEN 'day' ELSE 'month' END
        -- Exports of orders begin with the newest.
        WHEN NOT day_grows AND day_falls <> month_falls THEN CASE WHEN day_falls THEN 'day' ELSE 'month' END
    END AS rows_tell
    FROM columns
),
files AS (
    SELECT file_id, CASE WHEN min(shown) = max(shown) THEN nullif(min(shown), 'both') END AS shown,
        CASE WHEN min(rows_tell) = max(rows_tell) THEN min(rows_tell) END AS rows_tell
    FROM grown GROUP BY file_id
)
SELECT file_id, column_name,
    CASE WHEN c.shown = 'both' THEN NULL
        ELSE coalesce(c.shown, f.shown, c.rows_tell, f.rows_tell, getvariable('date_order')) END AS reading,
    CASE WHEN c.shown = 'both' THEN 'days of both orders'
        WHEN c.shown IS NOT NULL THEN 'other days of the column'
        WHEN f.shown IS NOT NULL THEN 'other days of the file'
        WHEN coalesce(c.rows_tell, f.rows_tell) IS NOT NULL THEN 'the order of the rows'
        WHEN getvariable('date_order') IS NOT NULL THEN 'NORTHSTAR_DATE_ORDER'
        ELSE 'nothing' END AS told_by
FROM grown AS c JOIN files AS f USING (file_id)
WHERE c.needs_order
