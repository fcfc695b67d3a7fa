-- What every status in the vault means: one row per status, format and source; meaning is NULL where nobody knows the
-- word. The word as it stands goes before the word without its noun; a row for the format before one for the source,
-- and that before one for all. Frame status_words (word, format, meaning).
WITH used AS (
    SELECT *, status_word(status) AS word
    FROM (
        SELECT DISTINCT o.status, f.format, o.source
        FROM (SELECT DISTINCT status, source, file_id FROM vault.raw.orders) AS o
        JOIN vault.raw.files AS f USING (file_id)
    )
    WHERE status_word(status) IS NOT NULL
),
tried AS (
    SELECT *, unnest([word, without_noun(word)]) AS candidate FROM used
),
found AS (
    SELECT t.status, t.format, t.source, arg_min(w.meaning, (
        t.candidate <> t.word, CASE w.format WHEN t.format THEN 0 WHEN t.source THEN 1 ELSE 2 END
    )) AS meaning
    FROM tried AS t
    JOIN status_words AS w ON w.word = t.candidate AND w.format IN (t.format, t.source, '')
    GROUP BY ALL
)
SELECT u.status, u.format, u.source, f.meaning FROM used AS u LEFT JOIN found AS f USING (status, format, source)
