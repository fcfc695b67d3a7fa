-- Text as landed -> typed values. NULL means "not one": the loader then refuses the row with a reason.
-- Formats may call these too. Naive times are of the business zone, which is the session's TimeZone.

-- Cell without surrounding blanks (also non-breaking ones and byte order marks); empty is NULL.
CREATE OR REPLACE TEMP MACRO clean(value) AS
    nullif(trim(value, ' ' || chr(9) || chr(10) || chr(13) || chr(160) || chr(8203) || chr(65279)), '');

-- ISO 8601: any offset ('+02', '+0200', ' +02:00', 'Z', ' Z'), a zone name after a blank, or none.
-- The fifth character keeps out words that DuckDB takes for times (infinity, epoch) and years above 9999.
CREATE OR REPLACE TEMP MACRO parse_time(value) AS
    CASE
        WHEN value[5] NOT IN ('-', '/') OR NOT value[1] BETWEEN '0' AND '9' THEN NULL
        WHEN value[20] = ' ' AND value[21] IN ('+', '-', 'Z') THEN TRY_CAST(value[:19] || value[21:] AS TIMESTAMPTZ)
        WHEN length(value) > 20 AND value[11] IN (' ', 'T')
            THEN TRY_CAST(regexp_replace(value, '\s+([Zz]|[+-]\d{2}(?::?\d{2})?)$', '\1') AS TIMESTAMPTZ)
        ELSE TRY_CAST(value AS TIMESTAMPTZ)
    END;

CREATE OR REPLACE TEMP MACRO parse_date(value) AS
    CASE WHEN regexp_full_match(value, '\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ].*)?')
        THEN TRY_CAST(regexp_extract(value, '^[\d/-]+') AS DATE) END;

-- A number written plainly: '1,234.50', '1.234,50', '1 234,50', '''12.50', '12.50 EUR', '€5'. A lone comma before
-- exactly three digits groups thousands ('1,234' is 1234), before any other number of digits it is the decimal sign.
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

-- Whom a row is about: the e-mail address where there is one, else the source's own id.
-- What is no address ('n/a', 'none') must not make one person of everybody who wrote it.
CREATE OR REPLACE TEMP MACRO email_identity(email) AS
    CASE WHEN regexp_full_match(email, '[^@\s]+@[^@\s]+') THEN 'e:' || lower(email) END;
CREATE OR REPLACE TEMP MACRO id_identity(source, id) AS 'i:' || source || ':' || id;

-- Questions and answers, from a list of STRUCT(question, answer): blank ones dropped, the last of a question kept, by name.
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
