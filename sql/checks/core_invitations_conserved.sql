-- table: core.invitations
-- blocking: yes
-- Every invitation of the vault is in core.invitations, once.
SELECT * FROM (
    SELECT (SELECT count(*) FROM (SELECT DISTINCT source, invitation_id FROM vault.raw.invitations)) AS landed,
        (SELECT count(*) FROM core.invitations WHERE is_declared) AS conformed
) WHERE landed <> conformed
