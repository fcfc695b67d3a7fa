-- table: this_table
-- blocking: yes
-- No two rows share this_key.
SELECT this_key, count(*) AS rows FROM this_table GROUP BY ALL HAVING count(*) > 1
