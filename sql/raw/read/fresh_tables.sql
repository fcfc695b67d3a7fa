-- Drops what the batch before left, and makes the empty tables that every batch has.
DROP VIEW IF EXISTS temp.input;
DROP VIEW IF EXISTS temp.documents;
DROP TABLE IF EXISTS temp.staged;
DROP TABLE IF EXISTS temp.files_read;
DROP TABLE IF EXISTS temp.counted;
DROP TABLE IF EXISTS temp.records;
DROP TABLE IF EXISTS temp.lines;
DROP TABLE IF EXISTS temp.headers;
DROP TABLE IF EXISTS temp.repeated;
CREATE OR REPLACE TEMP TABLE headers (file_id VARCHAR, header_row INTEGER, column_name VARCHAR, value VARCHAR);
CREATE OR REPLACE TEMP TABLE unreadable (
    file_id VARCHAR, row_number BIGINT, value VARCHAR, allowed VARCHAR, reason VARCHAR DEFAULT 'unreadable'
);
CREATE OR REPLACE TEMP TABLE noted_lines (file_id VARCHAR, line VARCHAR);
