-- Orders whose only name is a phone number that cannot be read: they count without a customer.
-- Fewer than seven digits, or two different ones, only fill a field. Session: shared_phone_tails (the last digits of the
-- numbers in NORTHSTAR_SHARED_ADDRESSES, which are nobody's on purpose).
WITH unread AS (
    SELECT published_id(source, order_id) AS order_id, regexp_replace(customer_phone, '\D', '', 'g') AS digits
    FROM vault.raw.orders
    WHERE identity IS NULL AND customer_phone IS NOT NULL
)
SELECT CAST(NULL AS VARCHAR) AS file_id, 'orders' AS kind, 'customer_phone' AS subject, count(*) AS records,
    sum(o.net) AS money, min(o.order_id) AS example,
    'these phone numbers cannot be read, and the orders name nobody else: set NORTHSTAR_COUNTRY to the country of numbers '
        || 'without a country code, or export again if a spreadsheet rounded them.' AS advice
FROM core.orders AS o
WHERE o.customer_id IS NULL AND o.order_id IN (
    SELECT order_id FROM unread
    WHERE length(digits) >= 7 AND len(list_distinct(string_split(digits, ''))) > 2
        AND NOT list_contains(getvariable('shared_phone_tails'), right(digits, 6))
)
HAVING count(*) > 0
