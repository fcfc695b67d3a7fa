-- Functions that the conforming statements share. Temporary: they live in the session, not in a file.
CREATE OR REPLACE TEMP MACRO published_id(source, id) AS
    CASE WHEN source = 'canonical' THEN id ELSE source || ':' || id END;

CREATE OR REPLACE TEMP MACRO business_date(instant) AS CAST(instant AS DATE);

-- E-mail addresses and phone numbers in free text.
CREATE OR REPLACE TEMP MACRO masked_text(text) AS regexp_replace(
    regexp_replace(text, '[\p{L}\d._%+''-]+@[\p{L}\d.-]+', '[e-mail]', 'g'),
    '(\+|\(|\b)\d(?:[ ()./\-]{0,2}\d){6,}', '[phone]', 'g');

-- A refused value as it may be shown to everybody: letters as x, long numbers as #.
CREATE OR REPLACE TEMP MACRO masked_value(text) AS left(
    regexp_replace(regexp_replace(text, '\p{L}', 'x', 'g'), '\d(?:[ ()./\-]{0,2}\d){6,}', '#', 'g'), 80);

-- Money of the order's currency in the reporting one; a rate is units of that currency for one of the reporting one.
CREATE OR REPLACE TEMP MACRO converted(amount, rate) AS
    CASE WHEN rate = 1 THEN CAST(amount AS DECIMAL(18, 2))
        ELSE CAST(round(CAST(amount AS DOUBLE) / CAST(rate AS DOUBLE), 2) AS DECIMAL(18, 2)) END;
