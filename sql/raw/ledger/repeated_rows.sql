-- Notes the records that count because rows of their file are repeated (temporary table repeated_records), but for:
-- items of an order that is in doubt itself, because its total is their sum; items that the order's goods show to be
-- sold, total less shipping (and tax, where it is not in the prices) before discount being the sum of all its items, and
-- not the sum without the repeated ones.
INSERT INTO vault.raw.doubts BY NAME
WITH of_orders AS (
    SELECT file_id, source, id AS order_id, money FROM repeated_records WHERE kind = 'order_lines'
),
goods AS (
    SELECT file_id, source, order_id, total - shipping + abs(coalesce(discount, 0)) AS worth, coalesce(tax, 0) AS tax
    FROM checked_orders SEMI JOIN of_orders USING (file_id, source, order_id)
    WHERE refused IS NULL
    QUALIFY row_number() OVER (
        PARTITION BY file_id, source, order_id ORDER BY updated_at DESC NULLS LAST, row_number DESC
    ) = 1
),
items AS (
    SELECT file_id, source, order_id, sum(quantity * unit_price) AS worth
    FROM checked_order_lines SEMI JOIN of_orders USING (file_id, source, order_id)
    WHERE refused IS NULL GROUP BY ALL
),
settled AS (
    SELECT file_id, source, id AS order_id FROM repeated_records WHERE kind = 'orders'
    UNION ALL
    SELECT file_id, source, order_id
    FROM of_orders AS r JOIN goods AS g USING (file_id, source, order_id) JOIN items AS i USING (file_id, source, order_id)
    WHERE least(abs(i.worth - g.worth), abs(i.worth - g.worth + g.tax)) < 0.01
        AND least(abs(i.worth - r.money - g.worth), abs(i.worth - r.money - g.worth + g.tax)) >= 0.01
)
SELECT file_id, 'repeated_row' AS doubt, r.kind, r.source, r.records, r.id AS example, r.money
FROM repeated_records AS r
WHERE r.kind <> 'order_lines' OR (r.file_id, r.source, r.id) NOT IN (FROM settled)
