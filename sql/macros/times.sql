-- Written times to instants, one way for every kind and format. NULL means that the text is not a time, or that its day
-- is ambiguous. Naive times are in the business zone, which is the session's TimeZone.

-- A day in numbers whose year stands last ('6/9/25', '03-06-2026'), as [first number, second number, year]; NULL for
-- others. Whether day or month comes first the text shows only by a number above 12, or by dots, which put the day
-- first. '25-06-05' is none: its year may be either end.
CREATE OR REPLACE TEMP MACRO slashed_day(value) AS
    CASE WHEN regexp_matches(value, '^\d{1,2}(?:/\d{1,2}/(?:\d{4}|\d{2})|-\d{1,2}-\d{4})(?:\D|$)')
        THEN string_split(replace(regexp_extract(value, '^[\d/-]+'), '-', '/'), '/') END;
-- 'day' or 'month', what comes first in [first number, second number, year]; NULL where they do not show it.
CREATE OR REPLACE TEMP MACRO order_of(parts) AS
    CASE
        WHEN parts[1]::INTEGER > 12 AND parts[2]::INTEGER <= 12 THEN 'day'
        WHEN parts[2]::INTEGER > 12 AND parts[1]::INTEGER <= 12 THEN 'month'
    END;
-- Whether those numbers need an order that they do not show.
CREATE OR REPLACE TEMP MACRO needs_order(parts) AS
    coalesce(parts[1]::INTEGER <= 12 AND parts[2]::INTEGER <= 12 AND parts[1]::INTEGER <> parts[2]::INTEGER, false);

-- The month that a name of it in one of the seven languages means, NULL for another word: its first three letters (four
-- of juin and juillet) are looked up in a text, which takes a tenth of the planning of a map.
CREATE OR REPLACE TEMP MACRO month_of(name) AS
    TRY_CAST(split_part(split_part('|jan=1|gen=1|ene=1|feb=2|fev=2|mar=3|mrt=3|maa=3|apr=4|avr=4|abr=4|may=5|mai=5|mag=5'
        || '|mei=5|jun=6|giu=6|juin=6|jul=7|lug=7|juil=7|aug=8|aou=8|ago=8|sep=9|set=9|oct=10|okt=10|ott=10|out=10|nov=11'
        || '|dec=12|dez=12|dic=12|',
        '|' || regexp_extract(strip_accents(lower(name)), '^(?:jui.|...)') || '=', 2), '|', 1) AS INTEGER);
-- A day with the month's name: 'Jun 5, 2025', 'Mar 13th 2026', 'Jun-05-25', '5. Juni 2025', '5 de junio de 2025'.
CREATE OR REPLACE TEMP MACRO named_day(value) AS
    regexp_extract(value, '^(?:(\pL+)\.?[ -](\d{1,2})(?:st|nd|rd|th)?,?[ -](\d{4}|\d{2})'
        || '|(\d{1,2})(?:st|nd|rd|th|\.)?[ -](?:de )?(\pL+)\.?,?[ -](?:de )?(\d{4}|\d{2}))(?:\D|$)',
        ['month', 'day', 'year', 'day_2', 'month_2', 'year_2']);
CREATE OR REPLACE TEMP MACRO iso_day(year, month, day) AS
    concat_ws('-', CASE WHEN length(year) = 2 THEN '20' || year ELSE year END,
        lpad(month::VARCHAR, 2, '0'), lpad(day::VARCHAR, 2, '0'));

-- One blank between words, no weekday in front ('Mon, 23 Sep 2024'), no remark in brackets behind.
CREATE OR REPLACE TEMP MACRO tidy_time(value) AS
    CASE WHEN regexp_full_match(value, '[\d/.-]+( [\d:]+)?') THEN value
        ELSE regexp_replace(regexp_replace(regexp_replace(value, '[\s\x{00A0}\x{202F}]+', ' ', 'g'),
            '^\pL+\.?(?:, ?(\d|\pL)| (\pL+\.? \d))', '\1\2'), ' ?\([^)]*\)$', '') END;
-- The parts of a tidy time: its day in ISO 8601, or slashed, its numbers where only an order makes them a day; and rest,
-- the time of day with what follows it.
CREATE OR REPLACE TEMP MACRO written_parts(value) AS
    list_transform([{'slashed': slashed_day(value), 'named': named_day(value),
            'first': string_split_regex(regexp_extract(value, '^\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:\D|$)'), '\D'),
            'dotted': string_split_regex(regexp_extract(value, '^\d{1,2}\.\d{1,2}\.(?:\d{4}|\d{2})(?:\D|$)'), '\D')}],
        lambda d: {
            'day': CASE
                WHEN len(d.first) > 1 THEN iso_day(d.first[1], d.first[2], d.first[3])
                WHEN len(d.dotted) > 1 THEN iso_day(d.dotted[3], d.dotted[2], d.dotted[1])
                WHEN d.named.month <> '' THEN iso_day(d.named.year, month_of(d.named.month), d.named.day)
                WHEN d.named.month_2 <> '' THEN iso_day(d.named.year_2, month_of(d.named.month_2), d.named.day_2) END,
            'slashed': d.slashed,
            'rest': regexp_replace(value, '^(?:\d+[/.-]\d+[/.-]\d+|\pL+\.?[ -]\d+(?:st|nd|rd|th)?,?[ -]\d+'
                || '|\d+(?:st|nd|rd|th|\.)?[ -](?:de )?\pL+\.?,?[ -](?:de )?\d+)', '')
        })[1];
-- The day that those parts mean; first says what comes first where they do not show it ('day', 'month' or NULL).
CREATE OR REPLACE TEMP MACRO day_in(parts, first) AS
    CASE WHEN parts.slashed IS NULL THEN parts.day ELSE
        CASE coalesce(order_of(parts.slashed),
                CASE WHEN parts.slashed[1]::INTEGER = parts.slashed[2]::INTEGER THEN 'day' ELSE first END)
            WHEN 'day' THEN iso_day(parts.slashed[3], parts.slashed[2], parts.slashed[1])
            WHEN 'month' THEN iso_day(parts.slashed[3], parts.slashed[1], parts.slashed[2])
        END
    END;

-- What a zone behind a time means on a day, as a suffix that DuckDB reads: an offset, or an IANA name, which has a
-- slash. Of an abbreviation the business zone's own use on that day comes first (variable zone_names, see pipelines/raw/readings.py);
-- then those of this table. NULL for any other one: libraries know legacy meanings nobody intends.
CREATE OR REPLACE TEMP MACRO zone_suffix(zone, day) AS
    CASE
        WHEN zone = '' THEN ''
        WHEN upper(zone) IN ('Z', 'UTC', 'GMT') THEN '+00:00'
        WHEN regexp_full_match(zone, '(?i)(?:GMT|UTC)? ?[+-]\d{1,2}(?::?\d{2})?') THEN
            regexp_extract(zone, '[+-]') || lpad(regexp_extract(zone, '[+-](\d{1,2}?)(?::?\d{2})?$', 1), 2, '0')
            || ':' || coalesce(nullif(regexp_extract(zone, '[+-]\d{1,2}?:?(\d{2})$', 1), ''), '00')
        WHEN contains(zone, '/') THEN ' ' || zone
        ELSE coalesce(
            list_filter(CAST(getvariable('zone_names') AS STRUCT(name VARCHAR, first_day DATE, last_day DATE, suffix VARCHAR)[]),
                lambda use: use.name = upper(zone)
                AND TRY_CAST(day AS DATE) BETWEEN use.first_day AND use.last_day)[1].suffix,
            nullif(split_part(split_part('|EST=-05:00|EDT=-04:00|CST=-06:00|CDT=-05:00|MST=-07:00|MDT=-06:00|PST=-08:00'
                || '|PDT=-07:00|WET=+00:00|WEST=+01:00|CET=+01:00|MEZ=+01:00|CEST=+02:00|MESZ=+02:00|OESZ=+02:00|EET=+02:00'
                || '|EEST=+03:00|JST=+09:00|AEST=+10:00|AEDT=+11:00|NZST=+12:00|NZDT=+13:00|',
                '|' || upper(zone) || '=', 2), '|', 1), ''))
    END;
-- '15:08', ' 3:08:44 PM', ', 11:58 p. m. GMT-4': hour, minute, seconds with their fraction, half of the day, zone.
CREATE OR REPLACE TEMP MACRO clock_parts(rest) AS
    regexp_extract(rest, '^(?:,| at| um| à| alle| a las)? ?[T]? ?(\d{1,2})(?:[:.h](\d{2}))(?:[:.](\d{2}(?:[.,]\d{1,9})?))?'
        || ' ?(?:([AaPp])\.? ?[Mm]\b\.?)?(?: ?Uhr)? ?((?:[A-Za-z]{1,5}|[A-Za-z_]+/[A-Za-z0-9_/+-]+)?(?: ?[+-]\d{1,2}(?::?\d{2})?)?)$',
        ['hour', 'minute', 'second', 'half', 'zone']);
-- Those parts in 24 hours, without the zone; NULL if they are none.
CREATE OR REPLACE TEMP MACRO clock_text(p) AS
    CASE WHEN p.hour <> '' AND (p.half = '' OR p.hour::INTEGER BETWEEN 1 AND 12) THEN
        lpad((CASE lower(p.half) WHEN '' THEN p.hour::INTEGER WHEN 'a' THEN p.hour::INTEGER % 12
            ELSE p.hour::INTEGER % 12 + 12 END)::VARCHAR, 2, '0')
        || ':' || p.minute || ':' || replace(coalesce(nullif(p.second, ''), '00'), ',', '.') END;
CREATE OR REPLACE TEMP MACRO instant(day, rest) AS
    CASE
        WHEN rest = '' THEN TRY_CAST(day AS TIMESTAMPTZ)
        WHEN regexp_full_match(rest, '[ T]\d{1,2}:\d{2}(:\d{2})?') THEN TRY_CAST(day || ' ' || rest[2:] AS TIMESTAMPTZ)
        ELSE list_transform([clock_parts(rest)], lambda c:
            TRY_CAST(day || ' ' || clock_text(c) || zone_suffix(c.zone, day) AS TIMESTAMPTZ))[1]
    END;

-- ISO 8601 as nearly every export writes it, found by single characters in a third of the time of a pattern; NULL for
-- any other text.
CREATE OR REPLACE TEMP MACRO plain_time(value) AS
    CASE
        WHEN value[5] = '-' AND value[8] = '-' AND value[11] IN ('', ' ', 'T') AND value[14] IN ('', ':')
            AND value[17] IN ('', ':') AND value[-1] BETWEEN '0' AND '9' AND length(value) <= 19
            THEN TRY_CAST(value AS TIMESTAMPTZ)
        WHEN value[5] = '-' AND value[20] = ' ' AND value[21] IN ('+', '-') AND length(value) <= 27
            THEN TRY_CAST(value[:19] || value[21:] AS TIMESTAMPTZ)
        WHEN value[5] = '-' AND value[20] IN ('+', '-', 'Z', '.') AND NOT contains(value[12:], ' ')
            THEN TRY_CAST(value AS TIMESTAMPTZ)
    END;
CREATE OR REPLACE TEMP MACRO plain_date(value) AS
    CASE WHEN regexp_full_match(value, '\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ].*)?')
        THEN TRY_CAST(regexp_extract(value, '^[\d/-]+') AS DATE) END;
-- Any written time; first as in day_in. The loader reads whole columns at once instead (sql/raw/values/written_times.sql).
CREATE OR REPLACE TEMP MACRO read_time(value, first) AS
    coalesce(plain_time(value), list_transform([tidy_time(value)], lambda tidy:
        list_transform([written_parts(tidy)], lambda w: instant(day_in(w, first), w.rest))[1])[1]);
CREATE OR REPLACE TEMP MACRO parse_time(value) AS read_time(value, NULL);

-- Seconds (or milliseconds) since 1970 to text that read_time reads; 0 stands for "never"; other text passes unchanged.
CREATE OR REPLACE TEMP MACRO unix_time(value) AS
    CASE
        WHEN regexp_full_match(clean(value), '0+') THEN NULL
        WHEN regexp_full_match(clean(value), '\d{9,10}(\.\d{1,6})?') THEN to_timestamp(clean(value)::DOUBLE)::VARCHAR
        WHEN regexp_full_match(clean(value), '\d{12,13}') THEN to_timestamp(clean(value)::BIGINT / 1000.0)::VARCHAR
        ELSE clean(value)
    END;

-- A time as an id may hold it, the same in every export and locale: day and month as an unordered pair, so that it does
-- not depend on how the day is read; in 24 hours; in the business zone, because an export states the zone of whoever
-- downloads it. A time without a zone, or whose day needs an order, stands as it was written.
CREATE OR REPLACE TEMP MACRO unordered_time(value) AS
    list_transform([tidy_time(value)], lambda tidy: list_transform([written_parts(tidy)], lambda w:
        list_transform([{'day': day_in(w, 'day'), 'clock': clock_parts(w.rest), 'slashed': w.slashed}], lambda u:
            list_transform([coalesce(
                CASE WHEN u.clock.zone <> '' AND u.slashed IS NULL THEN strftime(TRY_CAST(
                    u.day || ' ' || clock_text(u.clock) || zone_suffix(u.clock.zone, u.day) AS TIMESTAMPTZ),
                    '%Y-%m-%dT%H:%M:%S') END,
                u.day || coalesce('T' || left(clock_text(u.clock), 8), ''), value)], lambda moment:
                CASE WHEN u.day IS NULL THEN value
                    ELSE concat(moment[:4], '-', least(moment[6:7], moment[9:10]), '-', greatest(moment[6:7], moment[9:10]),
                        moment[11:]) END)[1])[1])[1])[1];

-- For a format that knows what comes first in its days: the instant as text; other text passes unchanged.
CREATE OR REPLACE TEMP MACRO written_time(value, day_first) AS
    coalesce(CAST(read_time(clean(value), CASE WHEN day_first THEN 'day' ELSE 'month' END) AS VARCHAR), clean(value));
