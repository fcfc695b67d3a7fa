-- Over all files: people, buyers, respondents, people who are both; orders, those without a person, those that do not
-- count; answers by category, those without a person; the first and last day.
SELECT
    (SELECT count(*) FROM core.customers),
    (SELECT count(DISTINCT customer_id) FROM core.orders),
    (SELECT count(DISTINCT customer_id) FROM core.responses),
    (SELECT count(DISTINCT customer_id) FROM core.orders SEMI JOIN core.responses USING (customer_id)),
    (SELECT count(*) FROM core.orders),
    (SELECT count(*) FROM core.orders WHERE customer_id IS NULL),
    (SELECT count(*) FROM core.orders WHERE NOT counts),
    (SELECT count(*) FROM core.responses WHERE category = 'promoter'),
    (SELECT count(*) FROM core.responses WHERE category = 'passive'),
    (SELECT count(*) FROM core.responses WHERE category = 'detractor'),
    (SELECT count(*) FROM core.responses WHERE customer_id IS NULL),
    least((SELECT min(order_date) FROM core.orders), (SELECT min(response_date) FROM core.responses)),
    greatest((SELECT max(order_date) FROM core.orders), (SELECT max(response_date) FROM core.responses))
