-- table: ops.computed
-- blocking: yes
-- A month of a table is noted once.
SELECT table_name, month, count(*) AS rows FROM ops.computed GROUP BY ALL HAVING count(*) > 1
