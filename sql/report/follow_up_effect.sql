-- Does following up work? Shares of the customers who were written to, less those of the others.
SELECT category, outcome, kind, customers, customers_without, effect, effect_low, effect_high, anytime_low, anytime_high,
    reason, is_reliable
FROM loop.effect
WHERE hours_to_contact = 'all' AND outcome IN ('re_surveyed', 'recovered', 'reordered')
    AND month = (SELECT max(month) FROM loop.effect)
ORDER BY kind DESC, list_position(['detractor', 'passive', 'promoter'], category), outcome;
