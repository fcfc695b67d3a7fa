-- table: value.word_of_mouth
-- blocking: yes
-- One row per month, category.
SELECT month, category, count(*) AS rows FROM value.word_of_mouth GROUP BY ALL HAVING count(*) > 1
