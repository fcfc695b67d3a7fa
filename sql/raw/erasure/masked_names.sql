-- Masks the addresses of forgotten people in the ledger: in names of landed files and in reasons.
CREATE OR REPLACE TEMP TABLE names_masked AS
    SELECT without_person(path) AS name, path FROM vault.raw.paths WHERE names_forgotten(path);
DELETE FROM vault.raw.paths WHERE path IN (SELECT name FROM names_masked);
UPDATE vault.raw.paths AS p SET path = n.name FROM names_masked AS n WHERE p.path = n.path;
DROP TABLE names_masked;
UPDATE vault.raw.paths SET reason = without_person(reason) WHERE names_forgotten(reason);
UPDATE vault.raw.files SET reason = without_person(reason) WHERE names_forgotten(reason);
