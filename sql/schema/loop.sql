-- Whom to call, whom to ask, whom to leave alone, and what came of it. Pseudonymous: addresses stand only in the files
-- beside the published one.
CREATE SCHEMA IF NOT EXISTS loop;
