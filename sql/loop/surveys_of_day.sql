-- Whom the survey plan asks on a day.
SELECT customer_id, stage, reason, due_date FROM loop.survey_plan
WHERE due_date = $day AND suppressed_by IS NULL ORDER BY stage, customer_id
