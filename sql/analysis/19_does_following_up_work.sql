-- Does following up work?
-- The rate at which people score better the next time, for those who were contacted and those who were not. Many come
-- round by themselves, and who is contacted is not chosen by lot: only a hold-out (NORTHSTAR_FOLLOW_UP_HOLDOUT) tells
-- what a call does.
SELECT category, arm, hours_to_contact, customers, re_surveyed, recovered, round(100 * recovery_rate, 1) AS percent_better,
    round(100 * rate_low, 1) AS low, round(100 * rate_high, 1) AS high, is_reliable
FROM loop.recovery
WHERE month = (SELECT max(month) FROM loop.recovery) AND hours_to_contact = 'all'
ORDER BY category, arm;
