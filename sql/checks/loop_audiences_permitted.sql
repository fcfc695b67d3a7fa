-- table: loop.audiences
-- blocking: yes
-- Whoever is written to has an address and has not refused.
SELECT a.month, a.audience, a.customer_id FROM loop.audiences AS a
JOIN ops.computed AS c ON c.table_name = 'loop.audiences' AND c.month = a.month
LEFT JOIN core.customers AS k USING (customer_id)
LEFT JOIN core.consents AS s ON s.customer_id = a.customer_id AND NOT s.consent
    AND (s.consent_at IS NULL OR (s.consent_at <= c.as_of AND CAST(s.consent_at AS DATE) < a.month + INTERVAL 1 MONTH))
WHERE a.audience NOT IN ('detractors_call', 'detractors_leave_out')
    AND (k.has_email IS NOT TRUE OR s.customer_id IS NOT NULL)
