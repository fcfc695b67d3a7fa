-- The latest referral of every cycle of credited referrals. A friend has one credited advocate, so a walk from friend
-- to advocate either ends or returns; 64 generations are more than any shop has. Temporary table: new_referrals.
WITH RECURSIVE walk AS (
    SELECT friend_id AS origin, advocate_id AS reached, referred_at AS latest_at, referral_id AS latest_id, 1 AS length
    FROM new_referrals WHERE is_credited
    UNION ALL
    SELECT w.origin, r.advocate_id,
        CASE WHEN (r.referred_at, r.referral_id) > (w.latest_at, w.latest_id) THEN r.referred_at ELSE w.latest_at END,
        CASE WHEN (r.referred_at, r.referral_id) > (w.latest_at, w.latest_id) THEN r.referral_id ELSE w.latest_id END,
        w.length + 1
    FROM walk AS w
    JOIN new_referrals AS r ON r.friend_id = w.reached AND r.is_credited
    WHERE w.reached <> w.origin AND w.length < 64
)
SELECT DISTINCT latest_id AS referral_id FROM walk WHERE reached = origin
