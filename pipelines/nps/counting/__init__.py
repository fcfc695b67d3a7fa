"""Counting answers into windows, stages and segments, with the pairs of one customer's answers."""
