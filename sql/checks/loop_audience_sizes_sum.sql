-- table: loop.audience_sizes
-- blocking: yes
-- each: month
-- An audience has as many customers as loop.audiences, and as many came and left as loop.audience_changes says.
SELECT s.month, s.audience, s.customers, s.entered, s.departed
FROM loop.audience_sizes AS s
LEFT JOIN (SELECT month, audience, count(*) AS customers FROM loop.audiences GROUP BY ALL) AS a USING (month, audience)
LEFT JOIN (
    SELECT month, audience, count(*) FILTER (change = 'entered') AS entered, count(*) FILTER (change = 'left') AS departed
    FROM loop.audience_changes GROUP BY ALL
) AS c USING (month, audience)
WHERE (s.customers, s.entered, s.departed)
    <> (coalesce(a.customers, 0), coalesce(c.entered, 0), coalesce(c.departed, 0))
