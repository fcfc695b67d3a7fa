"""Whom to call, whom to ask, whom to leave alone: from figures to what to do tomorrow, and what came of it."""
