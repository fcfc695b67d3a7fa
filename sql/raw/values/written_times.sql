-- The distinct texts of the table unread_times that are written times: the instant that each is if the day or the month
-- comes first (the same where the text shows it), what it shows, and why it is none. A day in numbers with a plain time of
-- day is read by splitting it, in a tenth of the time of the patterns that all other forms need.
WITH plain AS (
    SELECT text, string_split(split_part(text, ' ', 1), '/') AS slashed,
        rtrim(' ' || split_part(text, ' ', 2)) AS rest
    FROM unread_times WHERE regexp_full_match(text, '\d{1,2}/\d{1,2}/\d{4}( \d{1,2}:\d{2}(:\d{2})?)?')
),
split AS (
    SELECT text, written_parts(tidy) AS parts
    FROM (SELECT text, tidy_time(text) AS tidy FROM unread_times ANTI JOIN plain USING (text))
),
clocked AS (SELECT text, parts, clock_parts(parts.rest) AS clock FROM split),
days AS (
    SELECT text, parts, clock, day_in(parts, 'day') AS day_first, day_in(parts, 'month') AS month_first,
        CASE WHEN parts.rest = '' THEN '' ELSE ' ' || clock_text(clock) END AS clocktime
    FROM clocked
),
zoned AS (
    SELECT *, zone_suffix(clock.zone, day_first) AS suffix, zone_suffix(clock.zone, month_first) AS month_suffix FROM days
)
SELECT text, TRY_CAST(day_first || clocktime || suffix AS TIMESTAMPTZ) AS day_first,
    TRY_CAST(month_first || clocktime || month_suffix AS TIMESTAMPTZ) AS month_first,
    order_of(parts.slashed) AS shows, needs_order(parts.slashed) AS needs_order,
    CASE WHEN coalesce(day_first, month_first) IS NOT NULL AND suffix IS NULL AND clock.hour <> '' THEN 'unknown_zone'
        ELSE 'not_a_time' END AS fault
FROM zoned
UNION ALL
SELECT text,
    TRY_CAST(concat_ws('-', slashed[3], lpad(slashed[2], 2, '0'), lpad(slashed[1], 2, '0')) || rest AS TIMESTAMPTZ),
    TRY_CAST(concat_ws('-', slashed[3], lpad(slashed[1], 2, '0'), lpad(slashed[2], 2, '0')) || rest AS TIMESTAMPTZ),
    order_of(slashed), needs_order(slashed), 'not_a_time'
FROM plain
