-- What ran, what was refused, what moved. A log: unlike the other schemas, it depends on what was run and when.
CREATE SCHEMA IF NOT EXISTS ops;

CREATE TABLE IF NOT EXISTS ops.files (
    file_id VARCHAR,
    path VARCHAR NOT NULL,
    kind VARCHAR,
    format VARCHAR,
    bytes BIGINT,
    rows BIGINT,
    accepted BIGINT,
    rejected BIGINT,
    status VARCHAR NOT NULL CHECK (status IN ('loaded', 'duplicate', 'unrecognised', 'failed', 'waiting')),
    reason VARCHAR,
    first_month DATE,
    last_month DATE,
    loaded_at TIMESTAMPTZ
);
COMMENT ON TABLE ops.files IS 'One row per file seen in the landing folder.';
COMMENT ON COLUMN ops.files.file_id IS 'SHA-256 of the content; NULL while it has not been read.';
COMMENT ON COLUMN ops.files.path IS 'Path below the landing folder.';
COMMENT ON COLUMN ops.files.kind IS 'Kinds of record in the file; NULL if none was recognised.';
COMMENT ON COLUMN ops.files.format IS 'Format the file was recognised as; NULL if none.';
COMMENT ON COLUMN ops.files.bytes IS 'Size in bytes.';
COMMENT ON COLUMN ops.files.rows IS 'Data rows read.';
COMMENT ON COLUMN ops.files.accepted IS 'Rows used.';
COMMENT ON COLUMN ops.files.rejected IS 'Rows refused; each is in ops.rejected.';
COMMENT ON COLUMN ops.files.status IS 'loaded, duplicate (another path has the same content), unrecognised, failed or waiting (still being written).';
COMMENT ON COLUMN ops.files.reason IS 'Why the file is not loaded, or that it holds no rows; else what it gives reason to doubt (ops.doubts).';
COMMENT ON COLUMN ops.files.first_month IS 'First day of the month of the earliest event in the file; NULL without events.';
COMMENT ON COLUMN ops.files.last_month IS 'First day of the month of the latest event in the file; NULL without events.';
COMMENT ON COLUMN ops.files.loaded_at IS 'When the content was loaded (UTC).';

CREATE TABLE IF NOT EXISTS ops.rejected (
    file_id VARCHAR NOT NULL,
    row_number BIGINT,
    kind VARCHAR NOT NULL,
    column_name VARCHAR,
    reason VARCHAR NOT NULL,
    value VARCHAR,
    allowed VARCHAR,
    record JSON,
    superseded_by VARCHAR
);
COMMENT ON TABLE ops.rejected IS 'Refused rows, each with its reason; letters and long numbers are masked.';
COMMENT ON COLUMN ops.rejected.file_id IS 'ops.files.file_id.';
COMMENT ON COLUMN ops.rejected.row_number IS 'Number of the row in the file, 1 for the first below the header.';
COMMENT ON COLUMN ops.rejected.kind IS 'Kind of record the row was meant to become.';
COMMENT ON COLUMN ops.rejected.column_name IS 'Canonical name of the column at fault; NULL if no single column is.';
COMMENT ON COLUMN ops.rejected.reason IS 'Code of the reason.';
COMMENT ON COLUMN ops.rejected.value IS 'The value at fault, masked: letters as x, long numbers as #.';
COMMENT ON COLUMN ops.rejected.allowed IS 'What the column accepts.';
COMMENT ON COLUMN ops.rejected.record IS 'The whole row by canonical column names, every value masked.';
COMMENT ON COLUMN ops.rejected.superseded_by IS 'ops.files.file_id of another file that supplies the record: one that is not older and holds the same record, or that accepts this row and holds all accepted records of this file in the same rows. NULL while the record is missing.';

CREATE TABLE IF NOT EXISTS ops.doubts (
    doubt VARCHAR NOT NULL,
    file_id VARCHAR,
    kind VARCHAR,
    subject VARCHAR,
    records BIGINT NOT NULL,
    money DECIMAL(18, 2),
    example VARCHAR,
    advice VARCHAR NOT NULL
);
COMMENT ON TABLE ops.doubts IS 'What counts and may be wrong: one row per reason to doubt, with an example and what to do.';
COMMENT ON COLUMN ops.doubts.doubt IS 'Code of the doubt; a file of sql/ops/doubts of that name says what it means.';
COMMENT ON COLUMN ops.doubts.file_id IS 'ops.files.file_id of the file in doubt; NULL if it is not about one file.';
COMMENT ON COLUMN ops.doubts.kind IS 'Kind of record in doubt; NULL if no single kind is.';
COMMENT ON COLUMN ops.doubts.subject IS 'What is in doubt: a column, a word; never personal.';
COMMENT ON COLUMN ops.doubts.records IS 'Number of records in doubt.';
COMMENT ON COLUMN ops.doubts.money IS 'Net revenue of those records in the reporting currency; NULL where they carry none or it is unknown.';
COMMENT ON COLUMN ops.doubts.example IS 'Published id of one of the records; NULL if none can be shown.';
COMMENT ON COLUMN ops.doubts.advice IS 'What is wrong and what to do, a sentence.';

CREATE TABLE IF NOT EXISTS ops.superseded (
    response_id VARCHAR NOT NULL,
    superseded_by VARCHAR NOT NULL,
    reason VARCHAR NOT NULL CHECK (reason IN ('double_click', 'score_then_comment'))
);
COMMENT ON TABLE ops.superseded IS 'One row per answer that is set aside because the same person answered the same survey again within 10 minutes. It stays in the vault and counts nowhere.';
COMMENT ON COLUMN ops.superseded.response_id IS 'Id of the answer set aside, formed as in core.responses.';
COMMENT ON COLUMN ops.superseded.superseded_by IS 'core.responses.response_id of the answer that counts.';
COMMENT ON COLUMN ops.superseded.reason IS 'score_then_comment (the answer that counts has the same score and the comment that this one lacks) or double_click.';

CREATE TABLE IF NOT EXISTS ops.changes (
    change_id BIGINT NOT NULL,
    file_id VARCHAR,
    from_month DATE NOT NULL,
    kind VARCHAR NOT NULL,
    records BIGINT NOT NULL,
    "at" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE ops.changes IS 'What made months stale: one row per load, core table and file that changed it.';
COMMENT ON COLUMN ops.changes.change_id IS 'Number of the load among those that changed anything; all rows of one load share it.';
COMMENT ON COLUMN ops.changes.file_id IS 'ops.files.file_id of the file whose records changed; NULL for changes that follow from others.';
COMMENT ON COLUMN ops.changes.from_month IS 'First day of the month of the earliest event that changed: this month and all later ones became stale.';
COMMENT ON COLUMN ops.changes.kind IS 'Core table that changed, schema and name.';
COMMENT ON COLUMN ops.changes.records IS 'Number of records (customers, orders, answers, ...) whose rows were added, removed or changed.';
COMMENT ON COLUMN ops.changes."at" IS 'When the change was applied (UTC).';

CREATE TABLE IF NOT EXISTS ops.computed (
    table_name VARCHAR NOT NULL,
    month DATE NOT NULL,
    change_id BIGINT NOT NULL,
    fingerprint VARCHAR NOT NULL,
    as_of TIMESTAMPTZ NOT NULL,
    rows BIGINT NOT NULL,
    seconds DOUBLE NOT NULL,
    run_id VARCHAR NOT NULL,
    computed_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE ops.computed IS 'One row per figure table and month: what the month was last computed from.';
COMMENT ON COLUMN ops.computed.table_name IS 'Schema and name of the table.';
COMMENT ON COLUMN ops.computed.month IS 'First day of the month.';
COMMENT ON COLUMN ops.computed.change_id IS 'Newest ops.changes.change_id at that time.';
COMMENT ON COLUMN ops.computed.fingerprint IS 'Digest of the settings and the code that computed it.';
COMMENT ON COLUMN ops.computed.as_of IS 'The clock (NORTHSTAR_AS_OF) at which it was computed (UTC).';
COMMENT ON COLUMN ops.computed.rows IS 'Rows written for the month.';
COMMENT ON COLUMN ops.computed.seconds IS 'Seconds of computation; the time of months computed together is divided equally.';
COMMENT ON COLUMN ops.computed.run_id IS 'Id of the Dagster run.';
COMMENT ON COLUMN ops.computed.computed_at IS 'When it was computed (UTC).';

CREATE TABLE IF NOT EXISTS ops.checked (
    check_name VARCHAR NOT NULL,
    inputs VARCHAR NOT NULL,
    parts VARCHAR[] NOT NULL,
    whole_at TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE ops.checked IS 'One row per check that passed: on what, so that it need not run again on the same rows.';
COMMENT ON COLUMN ops.checked.check_name IS 'Name of the check (sql/checks).';
COMMENT ON COLUMN ops.checked.inputs IS 'Digest of its statement and of the settings it depends on.';
COMMENT ON COLUMN ops.checked.parts IS 'Digests of the rows it passed on: one for each month, or one for all.';
COMMENT ON COLUMN ops.checked.whole_at IS 'The clock (NORTHSTAR_AS_OF) when it last looked at everything, which it does once a week (UTC).';

CREATE TABLE IF NOT EXISTS ops.state (
    name VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);
COMMENT ON TABLE ops.state IS 'What the warehouse records about itself: one row per name.';
COMMENT ON COLUMN ops.state.name IS 'Which fact the row holds. To read figures by: reporting_currency (of all money), timezone (in which days and months are cut), counting (NORTHSTAR_COUNTING) and as_of (the clock), the last three of the last publishing; program_version. The program''s own notes, from which nothing about the shop follows: schema_version, definitions (digest of the statements that made the tables), salt_fingerprint, applied_load_id and core_fingerprint (what core was made from), renewed (nothing is published until every month is computed), compacted_rewrite (the last erasure after which the files were rewritten) and log_id (changes when the warehouse is made anew).';
COMMENT ON COLUMN ops.state.value IS 'Its value as text.';

CREATE TABLE IF NOT EXISTS ops.publications (
    published_at TIMESTAMPTZ NOT NULL,
    as_of TIMESTAMPTZ NOT NULL,
    first_month DATE,
    open_month DATE NOT NULL,
    restatements BIGINT NOT NULL,
    warnings VARCHAR[] NOT NULL
);
COMMENT ON TABLE ops.publications IS 'One row per publishing: which months the file held, and which checks warned.';
COMMENT ON COLUMN ops.publications.published_at IS 'When the published file was made (UTC).';
COMMENT ON COLUMN ops.publications.as_of IS 'The clock (NORTHSTAR_AS_OF) of the run that published (UTC).';
COMMENT ON COLUMN ops.publications.first_month IS 'First month with data; NULL without data.';
COMMENT ON COLUMN ops.publications.open_month IS 'The month that was open; all months before it were closed.';
COMMENT ON COLUMN ops.publications.restatements IS 'Figures of closed months that differ from the file published before.';
COMMENT ON COLUMN ops.publications.warnings IS 'Names of the checks that warned (sql/checks).';

CREATE TABLE IF NOT EXISTS ops.restatements (
    published_at TIMESTAMPTZ NOT NULL,
    table_name VARCHAR NOT NULL,
    month DATE NOT NULL,
    key JSON,
    column_name VARCHAR,
    before DOUBLE,
    after DOUBLE,
    figures BIGINT NOT NULL CHECK (figures >= 1),
    change_id BIGINT,
    reason VARCHAR NOT NULL
);
COMMENT ON TABLE ops.restatements IS 'Figures of closed months that differ from the file published before: one row per figure; or, if more than 500 figures of a table differ, one row per month of the table with their number (column_name is NULL).';
COMMENT ON COLUMN ops.restatements.published_at IS 'ops.publications.published_at of the file with the new value (UTC).';
COMMENT ON COLUMN ops.restatements.table_name IS 'Schema and name of the table.';
COMMENT ON COLUMN ops.restatements.month IS 'First day of the month of the row.';
COMMENT ON COLUMN ops.restatements.key IS 'The row within its month: key columns and their values; NULL where figures are only counted.';
COMMENT ON COLUMN ops.restatements.column_name IS 'Column of the figure; NULL where figures are only counted.';
COMMENT ON COLUMN ops.restatements.before IS 'Value in the file published before (true is 1, false 0); NULL if it had none.';
COMMENT ON COLUMN ops.restatements.after IS 'Value in the file published at published_at; NULL if it no longer has one.';
COMMENT ON COLUMN ops.restatements.figures IS 'Number of figures: 1, or more where figures are only counted.';
COMMENT ON COLUMN ops.restatements.change_id IS 'ops.changes.change_id of the newest change that reaches back to the month; NULL if settings or program changed, or if the warehouse has been rebuilt since.';
COMMENT ON COLUMN ops.restatements.reason IS 'The cause in words: files, records and first month of that change, or that settings or program changed.';

CREATE TABLE IF NOT EXISTS ops.nights (
    night_id VARCHAR NOT NULL,
    run_ids VARCHAR[] NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    finished_at TIMESTAMPTZ,
    status VARCHAR NOT NULL CHECK (status IN ('running', 'done', 'failed')),
    reason VARCHAR,
    files_loaded BIGINT,
    files_failed BIGINT,
    files_unrecognised BIGINT,
    rows_accepted BIGINT,
    rows_rejected BIGINT,
    first_stale_month DATE,
    change_id BIGINT,
    because VARCHAR,
    months BIGINT,
    figure_rows BIGINT,
    seconds MAP(VARCHAR, DOUBLE),
    published_at TIMESTAMPTZ,
    restatements BIGINT
);
COMMENT ON TABLE ops.nights IS 'One row per night: what it loaded, recomputed and published, and why. A backfill or a publishing on its own has a row too.';
COMMENT ON COLUMN ops.nights.night_id IS 'The tag northstar/night of its runs, or the id of a run without one.';
COMMENT ON COLUMN ops.nights.run_ids IS 'Ids of its Dagster runs, in order.';
COMMENT ON COLUMN ops.nights.started_at IS 'When its first run obtained the warehouse (UTC).';
COMMENT ON COLUMN ops.nights.finished_at IS 'When its last run ended (UTC); NULL while it runs, or if it was killed.';
COMMENT ON COLUMN ops.nights.status IS 'running, done or failed.';
COMMENT ON COLUMN ops.nights.reason IS 'Step that failed and kind of error, or that the night was killed; NULL if it did not fail.';
COMMENT ON COLUMN ops.nights.files_loaded IS 'Files loaded; copies of one content count once.';
COMMENT ON COLUMN ops.nights.files_failed IS 'Files that could not be read; copies of one content count once.';
COMMENT ON COLUMN ops.nights.files_unrecognised IS 'Files that no format recognised; copies of one content count once.';
COMMENT ON COLUMN ops.nights.rows_accepted IS 'Records read and used.';
COMMENT ON COLUMN ops.nights.rows_rejected IS 'Records refused.';
COMMENT ON COLUMN ops.nights.first_stale_month IS 'First month that was stale after loading; all months from it on were computed.';
COMMENT ON COLUMN ops.nights.change_id IS 'ops.changes.change_id of the change that made it stale, the one that reaches back furthest; NULL if none did.';
COMMENT ON COLUMN ops.nights.because IS 'Why that month was stale, in words.';
COMMENT ON COLUMN ops.nights.months IS 'Months computed.';
COMMENT ON COLUMN ops.nights.figure_rows IS 'Rows of figures written.';
COMMENT ON COLUMN ops.nights.seconds IS 'Seconds by job, from obtaining the warehouse to the end of the last step.';
COMMENT ON COLUMN ops.nights.published_at IS 'ops.publications.published_at; NULL if it did not publish.';
COMMENT ON COLUMN ops.nights.restatements IS 'Figures of closed months that differ from the file published before.';
