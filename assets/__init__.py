"""The Dagster code location and the command line: what exists and when it is computed.

Here: assets, partitions, jobs, schedules, sensors, checks and commands. A body reads its window, calls one function
of `pipelines` and returns metadata. Not here: arithmetic and SQL text.
"""
