-- table: loop.survey_plan
-- blocking: yes
-- each: month
-- Nobody is asked twice in a month.
SELECT month, customer_id, count(*) AS surveys FROM loop.survey_plan WHERE suppressed_by IS NULL
GROUP BY ALL HAVING count(*) > 1
