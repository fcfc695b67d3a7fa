-- table: this_table
-- blocking: yes
-- each: month
-- Every month with rows is recorded once in ops.computed, with that number of rows.
SELECT month, count(*) AS rows, any_value(c.rows) AS noted
FROM this_table LEFT JOIN (
    SELECT month, sum(rows) AS rows FROM ops.computed WHERE table_name = 'this_table' GROUP BY month
) AS c USING (month)
GROUP BY month HAVING count(*) IS DISTINCT FROM any_value(c.rows)
