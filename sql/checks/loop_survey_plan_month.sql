-- table: loop.survey_plan
-- blocking: yes
-- each: month
-- The due day lies in the month.
SELECT month, customer_id, due_date FROM loop.survey_plan WHERE date_trunc('month', due_date) <> month
