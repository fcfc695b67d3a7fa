"""Figures of schema nps: the score, its error and its change, per window and per segment."""
