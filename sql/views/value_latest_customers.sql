-- value.latest_customers: the newest month.
-- columns: value.customers
CREATE OR REPLACE VIEW value.latest_customers AS
FROM value.customers
WHERE month = (SELECT max(month) FROM value.customers);
COMMENT ON VIEW value.latest_customers IS 'value.customers of the newest month, as of the clock. One row per customer.';
