"""The Dagster code location and the command line: what exists and when it is computed.

Here: assets, partitions, jobs, schedules, sensors, checks, commands and their wording. A body reads its window, calls
functions of `pipelines` and returns metadata. Not here: arithmetic, SQL and Polars.
"""
