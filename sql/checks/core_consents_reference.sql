-- table: core.consents
-- blocking: yes
-- Whoever agreed or refused is a customer.
SELECT customer_id FROM core.consents ANTI JOIN core.customers USING (customer_id)
