-- loop.latest_follow_ups: the newest month.
-- columns: loop.follow_ups
CREATE OR REPLACE VIEW loop.latest_follow_ups AS
FROM loop.follow_ups
WHERE month = (SELECT max(month) FROM loop.follow_ups);
COMMENT ON VIEW loop.latest_follow_ups IS 'The queue of the newest month, as of the clock: whom to reply to first, by priority. One row per answer.';
