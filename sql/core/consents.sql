-- core.consents for the people in scope: what the newest account that says yes or no says, and since when; and from when on
-- they count as unsubscribed. Temporary tables: people, new_invitations.
WITH said AS (
    SELECT p.customer_id, c.consent, c.updated_at,
        {
            'updated_at': coalesce(c.updated_at, TIMESTAMPTZ '1970-01-01 00:00:00+00'),
            'file_event_at': coalesce(c.file_event_at, TIMESTAMPTZ '1970-01-01 00:00:00+00'),
            'file_id': c.file_id,
            'row_number': c.row_number
        } AS version
    FROM vault.raw.customers AS c
    JOIN people AS p ON p.identity = c.identity
    WHERE c.consent IS NOT NULL
),
newest AS (
    SELECT customer_id, arg_max(consent, version) AS consent, max(version) FILTER (consent) AS agreed,
        max(version) FILTER (NOT consent) AS refused
    FROM said GROUP BY customer_id
),
accounts AS (
    SELECT n.customer_id, n.consent, min(s.updated_at) AS consent_at
    FROM newest AS n
    JOIN said AS s ON s.customer_id = n.customer_id AND s.consent = n.consent
        AND coalesce(s.version > CASE WHEN n.consent THEN n.refused ELSE n.agreed END, true)
    GROUP BY n.customer_id, n.consent
),
unsubscribed AS (
    SELECT customer_id, min(unsubscribed_at) AS unsubscribed_at FROM new_invitations
    WHERE unsubscribed_at IS NOT NULL AND customer_id IS NOT NULL GROUP BY customer_id
)
SELECT customer_id, consent, consent_at, unsubscribed_at FROM accounts FULL JOIN unsubscribed USING (customer_id)
