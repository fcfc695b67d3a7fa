-- The rows of a broken CSV file, as text. The patterns say what a line may be, see pipelines/raw/read.py:
-- a row, a row that opens a quoted field, the middle of such a field, or its end.
WITH document AS (
    SELECT ltrim(
        replace(replace(replace(content, chr(13) || chr(10), chr(10)), chr(13), chr(10)), chr(0), ''),
        chr(65279)
    ) AS content
    FROM documents
), cut AS (
    SELECT unnest(split) AS text, generate_subscripts(split, 1) AS n
    FROM (SELECT string_split(content, chr(10)) AS split FROM document)
), tested AS (
    SELECT n, text, n = max(n) OVER () AS is_last, regexp_full_match(text, $whole) AS whole,
        regexp_full_match(text, $opens) AS opens, regexp_full_match(text, $middle) AS middle,
        regexp_full_match(text, $closes) AS closes
    FROM cut
), ended AS (
    SELECT *, min(CASE WHEN NOT middle THEN n END) OVER after AS stop FROM tested
    WINDOW after AS (ORDER BY n ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)
), opened AS (
    SELECT o.n AS first_line, c.n AS last_line
    FROM ended AS o JOIN tested AS c ON c.n = o.stop
    WHERE o.opens AND NOT o.whole AND c.closes
    -- A line that opens a field inside a row which an earlier line has opened belongs to that row.
    QUALIFY coalesce(max(c.n) OVER (ORDER BY o.n ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) < o.n, true)
), placed AS (
    SELECT t.n, t.text, t.is_last, CASE WHEN t.n <= o.last_line THEN o.first_line ELSE t.n END AS first_line
    FROM tested AS t ASOF LEFT JOIN opened AS o ON t.n >= o.first_line
)
SELECT first_line, string_agg(text, chr(10) ORDER BY n) AS text, bool_or(is_last) AS is_last
FROM placed
GROUP BY first_line
HAVING trim(string_agg(text, '')) <> ''
ORDER BY first_line
