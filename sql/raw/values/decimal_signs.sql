-- The decimal sign of each file's columns in which amounts do not show it, and what tells it: other amounts of the
-- column, then of the file; or, where every amount with a separator has three digits behind it, that it groups
-- thousands. Temporary table: sign_counts.
WITH columns AS (
    SELECT *,
        CASE WHEN points > 0 AND commas > 0 THEN 'both' WHEN points > 0 THEN '.' WHEN commas > 0 THEN ',' END AS shown,
        CASE WHEN points + commas + ungrouped = 0 AND least(lone_points, lone_commas) = 0 AND lone_points + lone_commas >= 2
            THEN CASE WHEN lone_points > 0 THEN ',' ELSE '.' END END AS grouped
    FROM sign_counts
),
files AS (
    SELECT file_id, CASE WHEN min(shown) = max(shown) THEN nullif(min(shown), 'both') END AS shown
    FROM columns GROUP BY file_id
),
told AS (
    SELECT c.file_id, c.column_name, c.shown AS own, c.grouped, f.shown AS others,
        CASE
            WHEN c.shown = 'both' THEN NULL
            WHEN c.shown IS NOT NULL THEN c.shown
            WHEN c.grouped <> f.shown THEN NULL
            ELSE coalesce(f.shown, c.grouped)
        END AS reading
    FROM columns AS c JOIN files AS f USING (file_id)
    WHERE c.lone_points + c.lone_commas > 0
)
SELECT file_id, column_name, reading,
    CASE WHEN own = 'both' THEN 'amounts with either sign'
        WHEN own IS NOT NULL THEN 'other amounts of the column'
        WHEN reading IS NULL THEN 'nothing'
        WHEN others IS NOT NULL THEN 'other amounts of the file'
        ELSE 'three digits behind every separator' END AS told_by
FROM told
