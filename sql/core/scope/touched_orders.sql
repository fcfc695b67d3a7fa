-- Orders that landed, under either of their names, whose lines landed, or whose exchange rate moved. Temporary tables:
-- new_files, moved_rates.
SELECT source, order_id FROM vault.raw.orders SEMI JOIN new_files USING (file_id)
UNION
SELECT source, order_number FROM vault.raw.orders SEMI JOIN new_files USING (file_id) WHERE order_number <> order_id
UNION
SELECT source, order_id FROM vault.raw.order_lines SEMI JOIN new_files USING (file_id)
UNION
SELECT o.source, o.order_id
FROM vault.raw.orders AS o
JOIN moved_rates AS r ON r.currency = o.currency
    AND business_date(o.ordered_at) BETWEEN r.first_date AND r.last_date + 7
