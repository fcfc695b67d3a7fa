"""The two working files and the published one.

Here: opening, locking, reading, writing and rebuilding the files, and what is stale. Not here: what any table means
(raw, core, nps, value, loop). `vault.duckdb` holds personal data, `warehouse.duckdb` never does, and what is published
is a copy of the second.
"""
