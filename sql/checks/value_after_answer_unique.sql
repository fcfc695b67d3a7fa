-- table: value.after_answer
-- blocking: yes
-- One row per month, category, score.
SELECT month, category, score, count(*) AS rows FROM value.after_answer GROUP BY ALL HAVING count(*) > 1
