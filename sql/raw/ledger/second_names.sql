-- One record under two names. A source may name an order by a number alone in one export, and by an id with that number
-- beside it in another (Shopify's Name and Id): rows that have the number only get the id, whichever came first.
-- Numbers of other orders may look like ids, so both must be of the same order: placed at most a day apart, because a
-- spreadsheet drops the zone of a time. A number that would fit several ids is left alone.
CREATE OR REPLACE TEMP TABLE second_names AS
SELECT n.source, n.order_id AS name, min(i.order_id) AS order_id
FROM (
    SELECT DISTINCT source, order_id, ordered_at FROM vault.raw.orders
    WHERE order_number = order_id
        AND (source, order_id) IN (SELECT (source, order_number) FROM checked_orders WHERE refused IS NULL)
) AS n
JOIN vault.raw.orders AS i ON i.source = n.source AND i.order_number = n.order_id
WHERE i.order_id <> i.order_number AND abs(epoch(i.ordered_at) - epoch(n.ordered_at)) < 26 * 3600
GROUP BY ALL HAVING count(DISTINCT i.order_id) = 1;

UPDATE vault.raw.orders AS o SET order_id = s.order_id
FROM second_names AS s WHERE o.source = s.source AND o.order_id = s.name AND o.order_number = s.name;

UPDATE vault.raw.order_lines AS l SET order_id = s.order_id
FROM second_names AS s WHERE l.source = s.source AND l.order_id = s.name;
