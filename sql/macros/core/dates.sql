-- Days in the business zone, which is the session's TimeZone.

CREATE OR REPLACE TEMP MACRO business_date(instant) AS CAST(instant AS DATE);

-- First day of the day's month.
CREATE OR REPLACE TEMP MACRO month_start(day) AS CAST(date_trunc('month', day) AS DATE);
