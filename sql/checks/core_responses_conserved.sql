-- table: core.responses
-- blocking: yes
-- Every answer of the vault is once in core.responses or, if it was set aside, once in ops.superseded.
SELECT * FROM (
    SELECT (SELECT count(*) FROM (SELECT DISTINCT source, response_id FROM vault.raw.responses)) AS landed,
        (SELECT count(*) FROM core.responses) + (SELECT count(*) FROM ops.superseded
            WHERE response_id NOT IN (SELECT response_id FROM core.responses)) AS conformed
) WHERE landed <> conformed
