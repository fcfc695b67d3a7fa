"""Schema ops: what ran, and what moved and why.

Here: the log that publishing and the jobs write, and its words. Not here: ops.files, ops.rejected and ops.changes,
which core writes with its rows (pipelines/core), and ops.computed (pipelines/warehouse/stale.py).
"""
