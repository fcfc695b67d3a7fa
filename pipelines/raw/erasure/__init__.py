"""Erasing a person: the request, the rows it removes, and the traces left in files."""
