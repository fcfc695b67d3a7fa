-- table: core.orders
-- blocking: yes
-- Every order of the vault is in core.orders, once.
SELECT * FROM (
    SELECT (SELECT count(*) FROM (SELECT DISTINCT source, order_id FROM vault.raw.orders)) AS landed,
        (SELECT count(*) FROM core.orders) AS conformed
) WHERE landed <> conformed
