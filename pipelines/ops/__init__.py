"""Schema ops: what ran, and what moved and why.

Here: the log that publishing and the jobs write, and reading the published file for the commands and the UI. Not here:
wording (assets), ops.files, ops.rejected and ops.changes, which core writes with its rows (pipelines/core), and
ops.computed (pipelines/warehouse/stale.py).
"""
