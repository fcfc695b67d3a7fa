-- Landed text to typed values. NULL means that the text is not such a value: the loader then refuses the row with a
-- reason. Formats may call these too. Naive times are in the business zone, which is the session's TimeZone.

-- A cell without surrounding blanks (non-breaking ones and byte order marks included); empty is NULL. Most cells begin
-- and end with a visible ASCII character; testing that takes a fifth of the time of trimming, for every cell there is.
CREATE OR REPLACE TEMP MACRO clean(value) AS
    CASE WHEN value >= '!' AND value < chr(127) AND value[-1] BETWEEN '!' AND '~' THEN value
        ELSE nullif(trim(value, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(65279)), '') END;

-- Text to search for words: lower case, without accents, single blanks.
CREATE OR REPLACE TEMP MACRO plain_text(text) AS
    strip_accents(lower(regexp_replace(text, '[\s\x{00A0}\x{202F}]+', ' ', 'g')));

-- ISO 8601: any offset ('+02', '+0200', ' +02:00', 'Z', ' Z'), a zone name after a blank, or none.
-- The test of the fifth character excludes words that DuckDB takes for times (infinity, epoch) and years above 9999.
CREATE OR REPLACE TEMP MACRO parse_time(value) AS
    CASE
        WHEN value[5] NOT IN ('-', '/') OR NOT value[1] BETWEEN '0' AND '9' THEN NULL
        WHEN value[20] = ' ' AND value[21] IN ('+', '-', 'Z') THEN TRY_CAST(value[:19] || value[21:] AS TIMESTAMPTZ)
        WHEN value[11] IN (' ', 'T') AND contains(value[12:], ' ')
            THEN TRY_CAST(regexp_replace(value, '\s+([Zz]|[+-]\d{2}(?::?\d{2})?)$', '\1') AS TIMESTAMPTZ)
        ELSE TRY_CAST(value AS TIMESTAMPTZ)
    END;

-- Days as spreadsheets and shop back offices write them: '5/31/2016 0:37', '26/04/2014', '31.5.2016 14:05',
-- 'Mar 13th 2026 2:21 PM', 'Mon, 23 Sep 2024 14:21:24 +0000'. iso_time turns them into ISO 8601; the rest passes.
-- Whether 5/6/2016 is in May or June only other days can show: day_order says what comes first where a number above 12
-- shows it, file_day_order where all such days of a file agree. A day that stays ambiguous is then refused as it came.
CREATE OR REPLACE TEMP MACRO written_day(value) AS regexp_extract(value, '(?i)^(?:[a-z]{3,9}, ?)?'
    || '(\d{1,2}[/.]\d{1,2}[/.]\d{4}|[a-z]{3,9} \d{1,2}(?:st|nd|rd|th)?,? \d{4}|\d{1,2} [a-z]{3,9} \d{4})(?:,? |$)', 1);
CREATE OR REPLACE TEMP MACRO day_order(value) AS
    CASE
        WHEN NOT regexp_matches(value, '^\d{1,2}/\d{1,2}/\d{4}') THEN NULL
        WHEN TRY_CAST(split_part(value, '/', 1) AS TINYINT) > 12 AND TRY_CAST(split_part(value, '/', 2) AS TINYINT) < 13
            THEN 'day'
        WHEN TRY_CAST(split_part(value, '/', 2) AS TINYINT) > 12 AND TRY_CAST(split_part(value, '/', 1) AS TINYINT) < 13
            THEN 'month'
    END;
CREATE OR REPLACE TEMP MACRO file_day_order(value, file) AS
    CASE WHEN min(day_order(value)) OVER (PARTITION BY file) = max(day_order(value)) OVER (PARTITION BY file)
        THEN min(day_order(value)) OVER (PARTITION BY file) END;
CREATE OR REPLACE TEMP MACRO is_ambiguous_day(value, first) AS
    coalesce(regexp_matches(value, '^\d{1,2}/\d{1,2}/\d{4}') AND day_order(value) IS NULL AND first IS NULL
        AND TRY_CAST(split_part(value, '/', 1) AS INTEGER) <> TRY_CAST(split_part(value, '/', 2) AS INTEGER), false);
CREATE OR REPLACE TEMP MACRO day_of(day, first) AS
    CASE
        WHEN contains(day, '.') THEN try_strptime(day, '%d.%m.%Y')
        WHEN contains(day, '/') AND first = 'day' THEN try_strptime(day, '%d/%m/%Y')
        WHEN contains(day, '/') AND first = 'month' THEN try_strptime(day, '%m/%d/%Y')
        ELSE try_strptime(regexp_replace(day, '(\d)(?:st|nd|rd|th)?,? (\d{4})$', '\1 \2', 'i'),
            ['%b %d %Y', '%B %d %Y', '%d %b %Y', '%d %B %Y'])
    END;
CREATE OR REPLACE TEMP MACRO time_of(time) AS
    CASE WHEN regexp_full_match(time, '(?i)\d{1,2}:\d{2}(:\d{2})? ?[ap]m')
        THEN strftime(try_strptime(upper(replace(time, ' ', '')), ['%I:%M%p', '%I:%M:%S%p']), '%H:%M:%S')
        ELSE time END;
CREATE OR REPLACE TEMP MACRO iso_time(value, first) AS
    CASE WHEN written_day(value) = '' OR is_ambiguous_day(value, first) THEN value
        ELSE coalesce(rtrim(strftime(
            day_of(written_day(value), coalesce(day_order(value), first, 'day')), '%Y-%m-%d') || ' '
            || time_of(trim(split_part(value, written_day(value), 2), ' ,'))), value) END;

CREATE OR REPLACE TEMP MACRO parse_date(value) AS
    CASE WHEN regexp_full_match(value, '\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ].*)?')
        THEN TRY_CAST(regexp_extract(value, '^[\d/-]+') AS DATE) END;

-- Numbers as people write them: '1,234.50', '1.234,50', '1 234,50', '''12.50', '12.50 EUR', '€5'. A lone comma before
-- exactly three digits groups thousands ('1,234' is 1234); before any other number of digits it is the decimal sign.
CREATE OR REPLACE TEMP MACRO bare_number(value) AS
    regexp_replace(
        regexp_replace(replace(value, '−', '-'), '^''+|^[A-Z]{3}\b|\b[A-Z]{3}$', '', 'g'),
        '[\s\x{00A0}\x{202F}\x{2019}''$€£¥₹]', '', 'g'
    );
CREATE OR REPLACE TEMP MACRO number_text(value) AS
    CASE
        WHEN regexp_full_match(value, '[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?') THEN value
        WHEN regexp_full_match(value, '[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?') THEN replace(value, ',', '')
        WHEN regexp_full_match(value, '[+-]?[1-9]\d{0,2}((\.\d{3})+,\d*|(\.\d{3}){2,})')
            THEN replace(replace(value, '.', ''), ',', '.')
        WHEN regexp_full_match(value, '[+-]?\d*,\d+') THEN replace(value, ',', '.')
    END;
CREATE OR REPLACE TEMP MACRO parse_decimal(value) AS
    CASE WHEN regexp_full_match(value, '-?\d+(\.\d+)?') THEN value ELSE number_text(bare_number(value)) END;

-- The price of one item from the money of a line. A text that is not a number passes unchanged, so that the refusal
-- shows it.
CREATE OR REPLACE TEMP MACRO price_each(worth, quantity) AS
    coalesce(round(TRY_CAST(parse_decimal(clean(worth)) AS DECIMAL(18, 4))
        / nullif(TRY_CAST(parse_decimal(clean(quantity)) AS DECIMAL(18, 4)), 0), 4)::DECIMAL(18, 4)::VARCHAR, clean(worth));

CREATE OR REPLACE TEMP MACRO parse_integer(value) AS
    CASE WHEN regexp_full_match(value, '-?\d{1,18}(\.0*)?') THEN regexp_extract(value, '^-?\d+') END;

CREATE OR REPLACE TEMP MACRO parse_boolean(value) AS
    CASE WHEN lower(value) IN ('true', 'yes', '1') THEN true WHEN lower(value) IN ('false', 'no', '0') THEN false END;

-- 0 to 10: '9', '9.0', '10 - Extremely likely', 'Extremely likely - 10'. Never '9.5', '11', '10 - 5'.
CREATE OR REPLACE TEMP MACRO score_text(value) AS
    CASE
        WHEN regexp_full_match(value, '(\d|10)') THEN value
        WHEN regexp_full_match(value, '\d{1,2}([.,]0+)?') THEN regexp_extract(value, '^\d+')
        WHEN regexp_full_match(value, '\d{1,2}\s*[-–—:(]\s*\D*\pL\D*') THEN regexp_extract(value, '^\d+')
        WHEN regexp_full_match(value, '\D*\pL\D*\s[-–—:(]\s*\d{1,2}\)?') THEN regexp_extract(value, '\d+')
    END;
CREATE OR REPLACE TEMP MACRO parse_score(value) AS
    CASE WHEN TRY_CAST(score_text(value) AS TINYINT) <= 10 THEN TRY_CAST(score_text(value) AS TINYINT) END;

-- The identity an id gives: ids are the source's own.
CREATE OR REPLACE TEMP MACRO id_identity(source, id) AS 'i:' || source || ':' || id;

-- A map of questions and answers from a list of STRUCT(question, answer), ordered by question: blank ones are dropped,
-- the last answer to a question stays.
CREATE OR REPLACE TEMP MACRO answers_map(pairs) AS
    nullif(map_from_entries(list_transform(
        list_sort(list_distinct(list_transform(
            list_filter(pairs, lambda p: clean(p.answer) IS NOT NULL AND clean(p.question) IS NOT NULL),
            lambda p: clean(p.question)))),
        lambda q: {
            'key': q,
            'value': clean(list_filter(pairs, lambda p: clean(p.question) = q AND clean(p.answer) IS NOT NULL)[-1].answer)
        }
    )), MAP {});
