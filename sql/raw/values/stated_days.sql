-- The last day on which each file says that it was exported, in a line above its header or below its rows: nothing in it
-- happened later. A day behind a word for a period ("exported since 1 May") is not meant. Temporary table: noted_lines.
SELECT file_id, max(day) AS day
FROM (
    SELECT file_id, TRY_CAST(day_in(written_parts(tidy_time(found.written)), NULL) AS DATE) AS day
    FROM (
        SELECT file_id, regexp_extract(strip_accents(lower(replace(line, '_', ' '))),
            '\b(?:exported|export (?:date|time)|generated|downloaded|printed|extracted|retrieved|report (?:date|run|created)'
                || '|date of (?:report|export)|run date|created (?:on|at|by)|as of'
                || '|erstellt|exportiert|generiert|erzeugt|heruntergeladen|gedruckt|abgerufen|exportdatum|stand'
                || '|genere|exporte|telecharge|imprime|extrait|date d.(?:export|extraction)'
                || '|generado|exportado|descargado|impreso|fecha de (?:exportacion|generacion|descarga)'
                || '|generato|esportato|scaricato|stampato|data di (?:esportazione|creazione)'
                || '|gerado|baixado|data de exportacao|gegenereerd|geexporteerd|gedownload|afgedrukt)'
                || '([^0-9]{0,60}?)'
                || '(\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{4}|\d{2})'
                || '|\pL+\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2}(?:st|nd|rd|th|\.)?[ -](?:de )?\pL+\.?,?[ -](?:de )?\d{4})',
            ['between', 'written']) AS found
        FROM noted_lines
    )
    WHERE found.written <> '' AND NOT regexp_matches(found.between,
        '\b(?:since|after|from|between|until|till|before|period|range|filter|start|starting|begin|to|seit|ab|von|vom|bis'
            || '|zwischen|zeitraum|depuis|entre|periode|du|au|desde|hasta|periodo|dal|al|tra|fino|de|da|ate|van|vanaf|tot|tussen)\b')
)
WHERE day IS NOT NULL
GROUP BY file_id
