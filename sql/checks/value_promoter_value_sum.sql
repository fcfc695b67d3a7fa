-- table: value.promoter_value
-- blocking: yes
-- each: month
-- Total is own plus referral value, referral revenue first plus repeat, over the same customers as value.by_category.
SELECT month, category, total_value, own_value, referral_value, referral_revenue, first_referral_revenue,
    repeat_referral_revenue
FROM value.promoter_value AS p
LEFT JOIN value.by_category AS c USING (month, category)
WHERE total_value <> own_value + referral_value OR referral_revenue <> first_referral_revenue + repeat_referral_revenue
    OR (p.customers IS DISTINCT FROM c.customers AND category <> 'no_longer_credited')
