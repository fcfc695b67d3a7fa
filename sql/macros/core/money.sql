-- Money in the reporting currency.

-- The rate of a day: 1 for the reporting currency (session: reporting_currency, NULL when it is undecided), else the
-- last known one, if its day is at most 7 days earlier.
CREATE OR REPLACE TEMP MACRO rate_of(currency, day, rate_day, rate) AS CASE
    WHEN getvariable('reporting_currency') IS NULL THEN NULL
    WHEN coalesce(currency, getvariable('reporting_currency')) = getvariable('reporting_currency') THEN 1
    WHEN day - rate_day <= 7 THEN rate
END;

-- An amount in the reporting currency; a rate is units of the amount's currency per unit of the reporting currency.
-- An amount that overflows becomes NULL: one absurd rate must not stop a night.
CREATE OR REPLACE TEMP MACRO converted(amount, rate) AS
    CASE WHEN rate = 1 THEN CAST(amount AS DECIMAL(18, 2))
        ELSE TRY_CAST(round(CAST(amount AS DOUBLE) / CAST(rate AS DOUBLE), 2) AS DECIMAL(18, 2)) END;

-- Whether an order, not cancelled and with its money known, counted when a month began: not if it was refunded in full by
-- then, or at a time that the source does not say.
CREATE OR REPLACE TEMP MACRO counted_before(month, gross, refunded, refunded_at) AS
    NOT (refunded > 0 AND refunded >= gross AND (refunded_at IS NULL OR business_date(refunded_at) < month));

-- What an order had brought by the beginning of a month: a refund dated later had not happened yet.
CREATE OR REPLACE TEMP MACRO spent_before(month, gross, refunded, refunded_at) AS
    gross - CASE WHEN refunded_at IS NULL OR business_date(refunded_at) < month THEN refunded ELSE 0 END;
