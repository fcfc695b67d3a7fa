-- Amounts have a sign of another currency than the one they count in: $, ¥ or kr in a file that names no currency, or a
-- currency in the text of the amount that is not that of the row's own column.
WITH signed AS (
    SELECT file_id, 'orders' AS kind, source, order_id AS id, currency, extra->>'$.currency_sign' AS sign
    FROM vault.raw.orders WHERE contains(extra::VARCHAR, 'currency_sign')
    UNION ALL
    SELECT file_id, 'referrals', source, referral_id, currency, extra->>'$.currency_sign'
    FROM vault.raw.referrals WHERE contains(extra::VARCHAR, 'currency_sign')
),
counted AS (
    SELECT s.*, published_id(s.source, s.id) AS example, coalesce(o.net, r.reward_cost) AS money
    FROM signed AS s
    LEFT JOIN core.orders AS o ON s.kind = 'orders' AND o.order_id = published_id(s.source, s.id)
    LEFT JOIN core.referrals AS r ON s.kind = 'referrals' AND r.referral_id = published_id(s.source, s.id)
    WHERE o.order_id IS NOT NULL OR r.referral_id IS NOT NULL
)
SELECT file_id, kind, sign AS subject, count(*) AS records, sum(money) AS money, min(example) AS example,
    CASE WHEN currency IS NULL
        THEN 'these amounts have the sign ' || sign || ' and their file names no currency, so they count as '
            || getvariable('reporting_currency') || ': set NORTHSTAR_CURRENCY to the currency of the sign, or convert them.'
        ELSE 'the text of these amounts names ' || sign || ', and the column currency ' || currency || ', in which they '
            || 'count: correct the file or write a format that says which is right.'
    END AS advice
FROM counted
WHERE currency IS NOT NULL OR NOT coalesce(list_contains(MAP {
        '$': ['XXX', 'USD', 'CAD', 'AUD', 'NZD', 'HKD', 'SGD', 'MXN', 'ARS', 'CLP', 'COP', 'UYU', 'TWD'],
        '¥': ['XXX', 'JPY', 'CNY'], 'kr': ['XXX', 'SEK', 'NOK', 'DKK', 'ISK']
    }[sign], getvariable('reporting_currency')), true)
GROUP BY file_id, kind, sign, currency
