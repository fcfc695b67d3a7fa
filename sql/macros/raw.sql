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

-- An id as its source wrote it: without a spreadsheet's guards ('75008, ="75008") and the tail of a float that is exact
-- (up to 15 digits). NULL for what is none: a blank in a program's words, an error of a spreadsheet, a number that a
-- spreadsheet rounded (5.93530E+12, 4,687E+11, 6124570001111222.0).
CREATE OR REPLACE TEMP MACRO bare_id(value) AS
    clean(regexp_replace(regexp_replace(clean(value), '^="?([^"]*)"?$', '\1'), '^''+', ''));
CREATE OR REPLACE TEMP MACRO is_rounded_id(value) AS
    coalesce(regexp_full_match(ltrim(value, '="'''), '[+-]?\d+(?:[.,]\d+)?[eE]\+\d{1,3}"?|\d{16,}[.,]0*"?'), false);
CREATE OR REPLACE TEMP MACRO clean_id(value) AS
    CASE
        -- Neither a guard, nor a letter e, nor a separator: what nearly all ids are.
        WHEN regexp_full_match(value, '[1-9]\d*|#?[A-Z]*-?\d+') THEN value
        WHEN is_rounded_id(value) THEN NULL
        ELSE list_transform([bare_id(value)], lambda id: CASE
            WHEN regexp_full_match(id, '(?i)nan|none|null|nil|undefined|n/a|-+|#(?:ref|n/a|name|value|div/0|null|num)[!?]?')
                THEN NULL
            WHEN regexp_full_match(id, '\d{1,15}\.0+') THEN split_part(id, '.', 1)
            ELSE id
        END)[1]
    END;

CREATE OR REPLACE TEMP MACRO parse_boolean(value) AS
    CASE WHEN lower(value) IN ('true', 'yes', '1') THEN true WHEN lower(value) IN ('false', 'no', '0') THEN false END;

-- 0 to 10: '9', '9.0', '9/10', '9 out of 10', '10 - Extremely likely', 'Extremely likely - 10'. Never '9.5', '11', '10 - 5'.
CREATE OR REPLACE TEMP MACRO score_text(value) AS
    CASE
        WHEN regexp_full_match(value, '(\d|10)') THEN value
        WHEN regexp_full_match(value, '\d{1,2}([.,]0+)?') THEN regexp_extract(value, '^\d+')
        WHEN regexp_full_match(lower(value), '\d{1,2}\s*(?:/|out of|of|von|sur|de|su|van)\s*10') THEN regexp_extract(value, '^\d+')
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
