"""Files in, raw tables out: recognise, read, refuse with a reason, remember.

`load` is the one entry point. In the order of a load: `files` (listing, unpacking and decoding what landed), `opening`
(which contents are new), `contents` (bytes -> a readable file and its header), `formats` (which vendor's export it is),
`kinds` (what a record must be, from the DDL), `read` (file -> the table `input`), `check` (input -> typed records and
refusals), `identity` (who is who), `erasure` (who is forgotten), `ledger` (what is remembered and stored), `expiry`
(what the vault drops after a while). `trial`, `draft` and `hints` explain a file without loading it; `guard` tests what
a format may reach.
Not here: what a record means. Versions, segments and pseudonyms belong to core.
"""
