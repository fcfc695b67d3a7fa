-- loop.latest_audiences: the newest month.
-- columns: loop.audiences
CREATE OR REPLACE VIEW loop.latest_audiences AS
FROM loop.audiences
WHERE month = (SELECT max(month) FROM loop.audiences);
COMMENT ON VIEW loop.latest_audiences IS 'loop.audiences of the newest month, as of the clock. One row per audience and customer.';
