-- table: core.customers
-- blocking: yes
-- referred_by is another customer.
SELECT customer_id, referred_by FROM core.customers
WHERE referred_by = customer_id OR referred_by NOT IN (SELECT customer_id FROM core.customers)
