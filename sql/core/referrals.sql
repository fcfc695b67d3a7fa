-- core.referrals, all of them. A friend's earliest referral by somebody else has the credit; cycles are broken
-- afterwards (referral_cycles.sql). Session: reporting_currency. Temporary table: current_rates.
WITH current_referrals AS (
    SELECT *, published_id(source, referral_id) AS full_id
    FROM vault.raw.referrals
    QUALIFY row_number() OVER (
        PARTITION BY source, referral_id
        ORDER BY updated_at DESC NULLS LAST, file_event_at DESC NULLS LAST, file_id DESC, row_number DESC
    ) = 1
),
identified AS (
    SELECT r.*, pseudonym(a.person) AS advocate_id, pseudonym(f.person) AS friend_id,
        rate_of(r.currency, business_date(r.referred_at), x.date, x.rate) AS rate
    FROM current_referrals AS r
    LEFT JOIN vault.raw.identities AS a ON a.identity = r.identity
    LEFT JOIN vault.raw.identities AS f ON f.identity = r.friend_identity
    ASOF LEFT JOIN current_rates AS x ON r.currency = x.currency AND business_date(r.referred_at) >= x.date
)
SELECT
    full_id AS referral_id,
    referred_at,
    advocate_id,
    friend_id,
    impersonal(order_id) AS order_id,
    converted(reward_cost, rate) AS reward_cost,
    lower(trim(label(status))) AS status,
    coalesce(advocate_id <> friend_id AND row_number() OVER (
        PARTITION BY friend_id, coalesce(advocate_id <> friend_id, false) ORDER BY referred_at, full_id
    ) = 1, false) AS is_credited
FROM identified
