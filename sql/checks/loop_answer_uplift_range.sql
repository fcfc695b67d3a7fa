-- table: loop.answer_uplift
-- blocking: yes
-- each: month
-- An uplift lies between -1 and 1.
SELECT month, response_id, uplift FROM loop.answer_uplift WHERE uplift NOT BETWEEN -1 AND 1 OR isnan(uplift)
