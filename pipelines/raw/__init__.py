"""Files in, raw tables out: recognise, read, refuse with a reason, remember.

`load` is the one entry point. Modules: `landing` (what lies in the folder), `opening` (what of it is news), `reader`
(bytes and identity), `packed` and `workbooks` (contents in archives, sheets), `contents` (bytes -> a readable file),
`decode` (bytes -> text), `formats` (which vendor's export it is), `kinds` (what a record must be, from the DDL),
`read` (file -> the table `input`), `check` (input -> typed records and refusals), `identity` (who is who), `load`.
Not here: what a record means. Versions, segments and pseudonyms belong to core.
"""
