-- What customers of a category bring more than detractors: as it is, and among customers who were alike before.
SELECT category, answered_customers, raw_difference_to_detractor, raw_low, raw_high, adjusted_difference_to_detractor,
    adjusted_low, adjusted_high, robustness_value, strongest_covariate, strongest_covariate_share
FROM value.latest_promoter_value
WHERE category IN ('promoter', 'passive')
ORDER BY list_position(['promoter', 'passive'], category);
