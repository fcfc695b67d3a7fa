-- The keyed numbers of earlier requests, which records that land now may name.
SELECT customer_phone AS keyed, max(requested_at) AS requested_at
FROM vault.raw.erasures WHERE customer_phone IS NOT NULL
GROUP BY customer_phone
