-- table: core.reviews_given
-- blocking: yes
-- Every review of the vault that names somebody is in core.reviews_given, once.
SELECT * FROM (
    SELECT (SELECT count(*) FROM (
            SELECT DISTINCT i.person, r.given_at
            FROM (SELECT DISTINCT identity, given_at FROM vault.raw.reviews_given) AS r
            JOIN (SELECT DISTINCT identity, person FROM vault.raw.identities) AS i USING (identity)
        )) AS landed,
        (SELECT count(*) FROM core.reviews_given) AS conformed
) WHERE landed <> conformed
