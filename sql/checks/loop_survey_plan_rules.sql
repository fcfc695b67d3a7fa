-- table: loop.survey_plan
-- blocking: yes
-- Whoever is asked has an address, has not refused or unsubscribed, and was not invited and has not answered for 90 days.
WITH asked AS (
    SELECT p.month, p.customer_id, p.due_date, least(p.due_date, CAST(c.as_of AS DATE) + 1) AS known_before, c.as_of
    FROM loop.survey_plan AS p JOIN ops.computed AS c ON c.table_name = 'loop.survey_plan' AND c.month = p.month
    WHERE p.suppressed_by IS NULL
),
contacts AS (
    SELECT customer_id, invited_at AS moment, invited_date AS day FROM core.invitations WHERE customer_id IS NOT NULL
    UNION ALL
    SELECT customer_id, responded_at, response_date FROM core.responses WHERE customer_id IS NOT NULL
)
SELECT a.month, a.customer_id, a.due_date FROM asked AS a
SEMI JOIN contacts AS c ON c.customer_id = a.customer_id
    AND c.day > a.due_date - 90 AND c.day < a.known_before AND c.moment <= a.as_of
UNION ALL
SELECT a.month, a.customer_id, a.due_date FROM asked AS a
SEMI JOIN core.consents AS u ON u.customer_id = a.customer_id
    AND CAST(u.unsubscribed_at AS DATE) < a.known_before AND u.unsubscribed_at <= a.as_of
UNION ALL
SELECT a.month, a.customer_id, a.due_date FROM asked AS a
SEMI JOIN (FROM core.consents WHERE NOT consent) AS s ON s.customer_id = a.customer_id
    AND coalesce(CAST(s.consent_at AS DATE) < a.known_before AND s.consent_at <= a.as_of, true)
UNION ALL
SELECT a.month, a.customer_id, a.due_date FROM asked AS a
ANTI JOIN (FROM core.customers WHERE has_email) AS k USING (customer_id)
