-- A phone number under which many different names ordered, or many orders a day: it is hardly one customer's.
-- Temporary table: shared_identities.
SELECT CAST(NULL AS VARCHAR) AS file_id, 'orders' AS kind, 'customer ' || customer_id AS subject, records, money, example,
    'one phone number has ' || shown
        || ': if it is a marketplace''s or the shop''s own, name it in NORTHSTAR_SHARED_ADDRESSES.' AS advice
FROM shared_identities WHERE starts_with(identity, 'p:')
