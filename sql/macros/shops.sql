-- Exports of shops and marketplaces: what their money and their times say besides the number and the day. Formats call
-- these; the loader itself does not.

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
    CASE WHEN named_currency(amount) IS NULL THEN nullif(regexp_extract(amount, '[$¥]|\bkr\b', 0), '') END;

-- An amount given back, without its sign. NULL if it is zero, so that the status decides: an order whose status says
-- "refunded" and whose export has no amount was refunded in full.
CREATE OR REPLACE TEMP MACRO given_back(amount) AS
    CASE WHEN regexp_matches(amount, '[1-9]')
        THEN regexp_replace(clean(amount), '^\((.*)\)$|^[-−]|[-−]$', '\1', 'g') END;

-- The IANA name of a zone as Square writes it ('Eastern Time (US & Canada)', 'London'); any other text passes
-- unchanged.
CREATE OR REPLACE TEMP MACRO square_zone(name) AS
    coalesce(MAP {
        'atlantic time (canada)': 'America/Halifax', 'newfoundland': 'America/St_Johns',
        'eastern time (us & canada)': 'America/New_York', 'indiana (east)': 'America/Indiana/Indianapolis',
        'central time (us & canada)': 'America/Chicago', 'saskatchewan': 'America/Regina',
        'mountain time (us & canada)': 'America/Denver', 'arizona': 'America/Phoenix',
        'pacific time (us & canada)': 'America/Los_Angeles', 'alaska': 'America/Juneau', 'hawaii': 'Pacific/Honolulu',
        'london': 'Europe/London', 'edinburgh': 'Europe/London', 'dublin': 'Europe/Dublin', 'paris': 'Europe/Paris',
        'madrid': 'Europe/Madrid', 'tokyo': 'Asia/Tokyo', 'osaka': 'Asia/Tokyo', 'sapporo': 'Asia/Tokyo',
        'sydney': 'Australia/Sydney', 'melbourne': 'Australia/Melbourne', 'canberra': 'Australia/Melbourne',
        'brisbane': 'Australia/Brisbane', 'adelaide': 'Australia/Adelaide', 'darwin': 'Australia/Darwin',
        'perth': 'Australia/Perth', 'hobart': 'Australia/Hobart', 'utc': 'UTC'
    }[lower(clean(name))], clean(name));

-- Whether a row of eBay's report is no sale but its frame: a blank row, or the footer ("2","record(s) downloaded," and
-- "Seller ID : ...").
CREATE OR REPLACE TEMP MACRO is_ebay_frame(record, number, item, price, sold) AS
    coalesce(clean(record), clean(number), clean(item), clean(price), clean(sold)) IS NULL
    OR regexp_matches(lower(concat_ws(' ', record, number)), 'record\(s\) downloaded|^\s*seller id\b');
