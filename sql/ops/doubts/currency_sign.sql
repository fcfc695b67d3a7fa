-- Amounts have a sign of another currency than the reporting one, and no currency, and count as the reporting one.
SELECT o.file_id, 'orders' AS kind, o.extra->>'$.currency_sign' AS subject, count(*) AS records, sum(c.net) AS money,
    min(c.order_id) AS example,
    'these amounts have the sign ' || (o.extra->>'$.currency_sign') || ' and their file names no currency, so they count as '
        || getvariable('reporting_currency') || ': set NORTHSTAR_CURRENCY to the currency of the sign, or convert them.'
        AS advice
FROM vault.raw.orders AS o
SEMI JOIN (
    SELECT file_id FROM vault.raw.files WHERE format IN ('square', 'magento', 'ebay', 'prestashop', 'prestashop_fr')
) AS f ON f.file_id = o.file_id
JOIN core.orders AS c ON c.order_id = published_id(o.source, o.order_id)
WHERE o.currency IS NULL AND o.extra->>'$.currency_sign' IS NOT NULL
    AND NOT coalesce(list_contains(MAP {
        '$': ['XXX', 'USD', 'CAD', 'AUD', 'NZD', 'HKD', 'SGD', 'MXN', 'ARS', 'CLP', 'COP', 'UYU', 'TWD'],
        '¥': ['XXX', 'JPY', 'CNY'], 'kr': ['XXX', 'SEK', 'NOK', 'DKK', 'ISK']
    }[o.extra->>'$.currency_sign'], getvariable('reporting_currency')), true)
GROUP BY o.file_id, o.extra->>'$.currency_sign'
