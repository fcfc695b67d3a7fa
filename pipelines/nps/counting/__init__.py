"""Counting answers into windows, stages and segments: one reduction behind every score."""
