-- A simulated shop is counted together with exports of the shop's own.
WITH simulated AS (
    FROM simulated_files()
), own AS (
    SELECT count(*) AS files FROM vault.raw.files
    WHERE status = 'loaded' AND accepted > 0 AND kind <> 'erasures' AND file_id NOT IN (FROM simulated)
)
SELECT CAST(NULL AS VARCHAR) AS file_id, CAST(NULL AS VARCHAR) AS kind, 'simulated shop' AS subject,
    CAST(sum(f.accepted) AS BIGINT) AS records, CAST(NULL AS DECIMAL(18, 2)) AS money, CAST(NULL AS VARCHAR) AS example,
    'the simulated shop of `make run` is counted together with your own exports: `northstar remove-demo` takes it out '
        || 'and leaves your files as they are' AS advice
FROM vault.raw.files AS f, own
WHERE own.files > 0 AND f.file_id IN (FROM simulated)
HAVING count(*) > 0
