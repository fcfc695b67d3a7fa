-- The months of answers whose spend tiers are computed: those for which customers are compared, unless kept_tiers.sql
-- knows them. Temporary tables: standing_months, kept_tiers.
FROM standing_months WHERE month NOT IN (SELECT month FROM kept_tiers)
