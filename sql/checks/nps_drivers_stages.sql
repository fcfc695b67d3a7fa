-- table: nps.drivers
-- blocking: yes
-- each: month
-- The mentions of a topic in all stages, and in all languages, are the sums over the single ones.
SELECT month, grain, language, topic FROM nps.drivers GROUP BY ALL
HAVING sum(mentions) FILTER (stage = 'all') IS DISTINCT FROM sum(mentions) FILTER (stage <> 'all')
UNION ALL
SELECT month, grain, stage, topic FROM nps.drivers GROUP BY ALL
HAVING sum(mentions) FILTER (language = 'all') IS DISTINCT FROM sum(mentions) FILTER (language <> 'all')
