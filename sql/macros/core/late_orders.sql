-- Whether an order came late, decided here and nowhere else. Uses business_date of dates.sql.

-- Days from the promised to the actual day of delivery: negative when early, NULL unless both are known.
CREATE OR REPLACE TEMP MACRO days_late(promised_at, delivered_at) AS
    CAST(business_date(delivered_at) - business_date(promised_at) AS INTEGER);

-- Late is delivered on a later day than promised, whatever the hour; NULL unless both are known.
CREATE OR REPLACE TEMP MACRO is_late(promised_at, delivered_at) AS days_late(promised_at, delivered_at) > 0;
