-- table: core.reviews_given
-- blocking: yes
-- each: customer_id
-- The reviewer is a customer.
SELECT customer_id, given_at FROM core.reviews_given ANTI JOIN core.customers USING (customer_id)
