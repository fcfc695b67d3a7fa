-- Days in the business zone, which is the session's TimeZone.

CREATE OR REPLACE TEMP MACRO business_date(instant) AS CAST(instant AS DATE);

-- First day of the day's month.
CREATE OR REPLACE TEMP MACRO month_start(day) AS CAST(date_trunc('month', day) AS DATE);

-- The number of the 30 days in which an instant lies, for joins of what lies between two instants.
CREATE OR REPLACE TEMP MACRO days_30(instant) AS epoch_us(instant) // 2592000000000;
