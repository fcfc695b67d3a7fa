-- loop.latest_actions: the newest month.
-- columns: loop.actions
CREATE OR REPLACE VIEW loop.latest_actions AS
FROM loop.actions
WHERE month = (SELECT max(month) FROM loop.actions);
COMMENT ON VIEW loop.latest_actions IS 'loop.actions of the newest month with any, as of the clock. One row per rank.';
