-- What a customer of each category is worth so far: own orders, friends referred, and the rewards they cost.
SELECT category, customers, own_value, first_referral_revenue, repeat_referral_revenue, reward_cost, total_value,
    total_value_low, total_value_high, referred_customers
FROM value.latest_promoter_value
WHERE category <> 'no_longer_credited'
ORDER BY list_position(['promoter', 'passive', 'detractor', 'unsurveyed'], category);
