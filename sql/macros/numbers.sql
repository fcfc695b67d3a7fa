-- Written numbers to text that casts to DECIMAL, one way for every kind and format. NULL means that the text is not a
-- number, or that its one separator may group thousands or be the decimal sign.

-- The words and signs of money that may stand before or behind an amount.
CREATE OR REPLACE TEMP MACRO bare_number(value) AS
    regexp_replace(
        regexp_replace(replace(replace(value, '−', '-'), '’', ''''),
            '(?i)^''+|(?:\b[A-Z]{3}\b|\b(?:[A-Z]{1,3} ?\$)|\bS/|\bS/\.|\b(?:kr|zł|Kč|Ft|lei|TL|Rp|Rs|RM|Fr|SFr|R|Dh|руб|лв|р)\b\.?'
            || '|(?:zł|Kč|руб|лв)\.?|\bRp|\bkr\.?|\p{Sc}|元|円)', '', 'g'),
        '[\s\x{00A0}\x{202F}]+', ' ', 'g');
-- Sign, and digits with their separators; blanks and apostrophes, which only group, become "'".
CREATE OR REPLACE TEMP MACRO signed_number(value) AS
    list_transform([trim(bare_number(value))], lambda bare: CASE
        WHEN regexp_full_match(bare, '\(\s*[\d.,'' ]+\s*\)') THEN '-' || replace(trim(bare, '() '), ' ', '''')
        WHEN regexp_full_match(bare, '[\d.,'' ]+\s*-') THEN '-' || replace(trim(bare, '- '), ' ', '''')
        WHEN regexp_full_match(bare, '[+-]?\s*[\d.,'' ]+') THEN
            CASE WHEN bare[1] = '-' THEN '-' ELSE '' END || replace(trim(bare, '+- '), ' ', '''')
    END)[1];
-- Whether a number has one separator, before exactly three digits and behind one to three, that may be either sign.
CREATE OR REPLACE TEMP MACRO has_lone_separator(number) AS regexp_full_match(number, '-?[1-9]\d{0,2}[.,]\d{3}');
-- '.' or ',', the decimal sign that a number shows; NULL if it shows none.
CREATE OR REPLACE TEMP MACRO decimal_sign(number) AS
    CASE
        WHEN has_lone_separator(number) THEN NULL
        WHEN regexp_full_match(number, '-?[\d'']*(\.\d*)|-?\d{1,3}(,\d{2,3})+\.\d*|-?\d{1,2}(,\d{2})*,\d{3},\d{3}|-?\d{1,3}(,\d{3}){2,}')
            THEN '.'
        WHEN regexp_full_match(number, '-?[\d'']*(,\d*)|-?\d{1,3}(\.\d{3})+,\d*|-?\d{1,3}(\.\d{3}){2,}') THEN ','
    END;
-- The number with a decimal point only; sign is the decimal sign of a number that does not show it.
CREATE OR REPLACE TEMP MACRO with_point(number, sign) AS
    CASE
        WHEN regexp_full_match(number, '-?(\d+\.?\d*|\.\d+)') AND (sign = '.' OR NOT has_lone_separator(number)) THEN number
        WHEN has_lone_separator(number) AND sign IS NULL THEN NULL
        WHEN has_lone_separator(number) THEN replace(replace(number, CASE sign WHEN '.' THEN ',' ELSE '.' END, ''), ',', '.')
        -- Groups of three, or, as in India, of two before the last three.
        WHEN regexp_full_match(number, '-?\d{1,3}(?:''\d{3})+(?:[.,]\d*)?|-?\d+,\d*|-?,\d+') THEN replace(replace(number, '''', ''), ',', '.')
        WHEN regexp_full_match(number, '-?\d{1,3}(?:,\d{3})+(?:\.\d*)?|-?\d{1,2}(?:,\d{2})+,\d{3}(?:\.\d*)?')
            THEN replace(number, ',', '')
        WHEN regexp_full_match(number, '-?\d{1,3}(?:\.\d{3})+(?:,\d*)?') THEN replace(replace(number, '.', ''), ',', '.')
    END;
-- Numbers as nearly every export writes them: none that could be read in two ways; NULL for any other text.
CREATE OR REPLACE TEMP MACRO plain_decimal(value) AS
    CASE
        WHEN regexp_full_match(value, '-?\d+(?:\.(?:\d{0,2}|\d{4,}))?') THEN value
        WHEN regexp_full_match(value, '-?\d+,\d{1,2}') THEN replace(value, ',', '.')
        WHEN regexp_full_match(value, '-?\d{1,3}(?:\.\d{3})+,\d{1,2}') THEN replace(replace(value, '.', ''), ',', '.')
        WHEN regexp_full_match(value, '-?\d{1,3}(?:,\d{3})+\.\d{1,2}') THEN replace(value, ',', '')
        WHEN regexp_full_match(value, '[+-]?(\d+\.?\d*|\.\d+)[eE][+-]?\d{1,2}') THEN value
    END;
CREATE OR REPLACE TEMP MACRO read_number(value, sign) AS
    coalesce(plain_decimal(value), list_transform([signed_number(value)], lambda number: with_point(number, sign))[1]);
CREATE OR REPLACE TEMP MACRO parse_decimal(value) AS read_number(value, NULL);
-- For a column in which a lone separator is the decimal sign, whichever it is.
CREATE OR REPLACE TEMP MACRO own_sign(value) AS
    CASE WHEN contains(value, ',') THEN ',' ELSE '.' END;

-- A number for a format's own arithmetic; a text that is none passes unchanged, so that the refusal shows it.
CREATE OR REPLACE TEMP MACRO plain_number(value) AS coalesce(parse_decimal(clean(value)), clean(value));
-- The price of one item from the money of a line, in the same way.
CREATE OR REPLACE TEMP MACRO price_each(worth, quantity) AS
    coalesce(round(TRY_CAST(parse_decimal(clean(worth)) AS DECIMAL(18, 4))
        / nullif(TRY_CAST(read_number(clean(quantity), own_sign(quantity)) AS DECIMAL(18, 4)), 0), 4)::DECIMAL(18, 4)::VARCHAR,
        clean(worth));

CREATE OR REPLACE TEMP MACRO parse_integer(value) AS
    CASE WHEN regexp_full_match(value, '-?\d{1,18}(\.0*)?') THEN regexp_extract(value, '^-?\d+') END;

-- The currency that the text of an amount names, by its code or by a sign that only one currency has. NULL for $, ¥ and
-- kr, which several have: the amount is then in the currency of the file, or in the reporting currency.
CREATE OR REPLACE TEMP MACRO named_currency(amount) AS
    CASE
        WHEN regexp_matches(amount, '(^|[^A-Za-z])[A-Z]{3}([^A-Za-z]|$)')
            THEN regexp_extract(amount, '(?:^|[^A-Za-z])([A-Z]{3})(?:[^A-Za-z]|$)', 1)
        WHEN contains(amount, '$') THEN CASE regexp_extract(amount, '([A-Z]{1,2}) ?\$', 1)
            WHEN 'US' THEN 'USD' WHEN 'CA' THEN 'CAD' WHEN 'C' THEN 'CAD' WHEN 'AU' THEN 'AUD' WHEN 'A' THEN 'AUD'
            WHEN 'NZ' THEN 'NZD' WHEN 'HK' THEN 'HKD' WHEN 'SG' THEN 'SGD' WHEN 'S' THEN 'SGD' WHEN 'MX' THEN 'MXN'
            WHEN 'R' THEN 'BRL' END
        ELSE CASE regexp_extract(amount, '[€£₹₺₫₩₪₴₽฿₱₦]|zł|Kč|Ft|lei', 0)
            WHEN '€' THEN 'EUR' WHEN '£' THEN 'GBP' WHEN '₹' THEN 'INR' WHEN '₺' THEN 'TRY' WHEN '₫' THEN 'VND'
            WHEN '₩' THEN 'KRW' WHEN '₪' THEN 'ILS' WHEN '₴' THEN 'UAH' WHEN '₽' THEN 'RUB' WHEN '฿' THEN 'THB'
            WHEN '₱' THEN 'PHP' WHEN '₦' THEN 'NGN' WHEN 'zł' THEN 'PLN' WHEN 'Kč' THEN 'CZK' WHEN 'Ft' THEN 'HUF'
            WHEN 'lei' THEN 'RON' END
    END;

-- The sign of an amount where it names no currency: $, ¥ or kr. ops.doubts tells amounts whose sign is not the reporting
-- currency's.
CREATE OR REPLACE TEMP MACRO unnamed_sign(amount) AS
    CASE WHEN named_currency(amount) IS NULL THEN sign_alone(amount) END;
CREATE OR REPLACE TEMP MACRO sign_alone(amount) AS nullif(regexp_extract(amount, '[$¥]|\bkr\b', 0), '');
