-- Exports of shops and marketplaces: what their money and their times say besides the number and the day. Formats call
-- these; the loader itself does not.

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
