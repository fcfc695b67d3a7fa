-- What ran, what was refused, what moved. A log: exempt from the law that binds the other schemas.
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
COMMENT ON COLUMN ops.files.file_id IS 'SHA-256 of the content.';
COMMENT ON COLUMN ops.files.path IS 'Path below the landing folder.';
COMMENT ON COLUMN ops.files.kind IS 'Kinds of record in the file.';
COMMENT ON COLUMN ops.files.format IS 'Format the file was recognised as.';
COMMENT ON COLUMN ops.files.bytes IS 'Size in bytes.';
COMMENT ON COLUMN ops.files.rows IS 'Data rows read.';
COMMENT ON COLUMN ops.files.accepted IS 'Rows used.';
COMMENT ON COLUMN ops.files.rejected IS 'Rows refused; each is in ops.rejected.';
COMMENT ON COLUMN ops.files.status IS 'loaded, duplicate (same content as another path), unrecognised, failed or waiting (still being written).';
COMMENT ON COLUMN ops.files.reason IS 'Why the file is not loaded.';
COMMENT ON COLUMN ops.files.first_month IS 'Month of the earliest event in the file.';
COMMENT ON COLUMN ops.files.last_month IS 'Month of the latest event in the file.';
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
COMMENT ON TABLE ops.rejected IS 'Every refused row, with the reason; letters and long numbers masked.';
COMMENT ON COLUMN ops.rejected.file_id IS 'ops.files.file_id.';
COMMENT ON COLUMN ops.rejected.row_number IS 'Number of the row in the file, 1 for the first below the header.';
COMMENT ON COLUMN ops.rejected.kind IS 'Kind of record the row should have become.';
COMMENT ON COLUMN ops.rejected.column_name IS 'Column at fault, by its canonical name.';
COMMENT ON COLUMN ops.rejected.reason IS 'Code of the reason.';
COMMENT ON COLUMN ops.rejected.value IS 'The value at fault, masked: letters as x, long numbers as #.';
COMMENT ON COLUMN ops.rejected.allowed IS 'What the column accepts.';
COMMENT ON COLUMN ops.rejected.record IS 'The row by canonical names, every value masked.';
COMMENT ON COLUMN ops.rejected.superseded_by IS 'ops.files.file_id of the file that brought the record after all: it holds the same record, or all accepted rows of this file at their places and this row too, and is not older. Empty while the row is missing.';

CREATE TABLE IF NOT EXISTS ops.superseded (
    response_id VARCHAR NOT NULL,
    superseded_by VARCHAR NOT NULL,
    reason VARCHAR NOT NULL CHECK (reason IN ('double_click', 'score_then_comment'))
);
COMMENT ON TABLE ops.superseded IS 'Answers kept in the vault and counted nowhere: the same person answered the same survey again within 10 minutes.';
COMMENT ON COLUMN ops.superseded.response_id IS 'The answer set aside, as it would be in core.responses.';
COMMENT ON COLUMN ops.superseded.superseded_by IS 'core.responses.response_id of the answer that stands.';
COMMENT ON COLUMN ops.superseded.reason IS 'score_then_comment (the one that stands gives the same score and has the comment that this one lacks) or double_click.';

CREATE TABLE IF NOT EXISTS ops.changes (
    change_id BIGINT NOT NULL,
    file_id VARCHAR,
    from_month DATE NOT NULL,
    kind VARCHAR NOT NULL,
    records BIGINT NOT NULL,
    "at" TIMESTAMPTZ NOT NULL
);
COMMENT ON TABLE ops.changes IS 'What made months stale: one row per load, core table and file that changed it.';
COMMENT ON COLUMN ops.changes.change_id IS 'Number of the change; all rows of one load share it.';
COMMENT ON COLUMN ops.changes.file_id IS 'File whose records changed; empty for changes that follow from others.';
COMMENT ON COLUMN ops.changes.from_month IS 'Month of the earliest event that changed: this month and all later ones are stale.';
COMMENT ON COLUMN ops.changes.kind IS 'Core table that changed.';
COMMENT ON COLUMN ops.changes.records IS 'Rows that came, went or changed.';
COMMENT ON COLUMN ops.changes."at" IS 'When (UTC).';

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
COMMENT ON TABLE ops.computed IS 'The state each month of each figure table was computed from.';
COMMENT ON COLUMN ops.computed.table_name IS 'Schema and table.';
COMMENT ON COLUMN ops.computed.month IS 'Month (first day).';
COMMENT ON COLUMN ops.computed.change_id IS 'Newest ops.changes row it has seen.';
COMMENT ON COLUMN ops.computed.fingerprint IS 'Of the settings and the code that made it.';
COMMENT ON COLUMN ops.computed.as_of IS 'The clock it was computed at (UTC).';
COMMENT ON COLUMN ops.computed.rows IS 'Rows written for the month.';
COMMENT ON COLUMN ops.computed.seconds IS 'Seconds of the computation, shared over the months computed together.';
COMMENT ON COLUMN ops.computed.run_id IS 'Dagster run.';
COMMENT ON COLUMN ops.computed.computed_at IS 'When (UTC).';

CREATE TABLE IF NOT EXISTS ops.state (
    name VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);
COMMENT ON TABLE ops.state IS 'What the warehouse remembers of itself.';
COMMENT ON COLUMN ops.state.name IS 'schema_version, structure (of the tables), renewed (nothing is published until every month is computed), applied_load_id, core_fingerprint, salt_fingerprint, reporting_currency.';
COMMENT ON COLUMN ops.state.value IS 'Its value as text.';
