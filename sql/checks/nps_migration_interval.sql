-- table: nps.migration
-- blocking: yes
-- each: month
-- A share lies in its interval, and both within 0 and 1.
SELECT month, from_category, to_category FROM nps.migration
WHERE share NOT BETWEEN share_low AND share_high OR share_low < 0 OR share_high > 1 OR isnan(share_low)
