-- What following up brings: money per customer who was written to, less that of the others.
SELECT category, outcome, kind, customers, customers_without, effect AS money_effect, effect_low AS money_effect_low,
    effect_high AS money_effect_high, reason, is_reliable
FROM loop.effect
WHERE hours_to_contact = 'all' AND outcome IN ('revenue_90d', 'revenue_365d')
    AND month = (SELECT max(month) FROM loop.effect)
ORDER BY kind DESC, list_position(['detractor', 'passive', 'promoter'], category), outcome;
