-- What is a promoter worth, against a passive and a detractor?
-- Own orders and credited referrals so far. That promoters are worth more is an association: whoever likes a shop may
-- both score higher and buy more.
SELECT category, customers, own_value, referral_value, total_value, round(total_value_low, 2) AS low,
    round(total_value_high, 2) AS high, difference_to_detractor
FROM value.promoter_value
WHERE month = (SELECT max(month) FROM value.promoter_value) AND category <> 'no_longer_credited'
ORDER BY total_value DESC;
