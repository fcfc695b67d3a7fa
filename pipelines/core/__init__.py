"""Schema core: one truth about who bought, what they bought and what they answered.

Here: conforming the vault's records into the pseudonymous tables of core, whose SELECTs are in sql/core. Not here:
reading files (pipelines/raw) or any figure (pipelines/nps, pipelines/value).
"""
