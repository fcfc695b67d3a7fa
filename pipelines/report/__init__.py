"""The owner's page: published/report.html.

Here: reading the published file, words, charts, one HTML file. Not here: computing any figure (a page shows what the
published file holds) and when the page is written (assets/report.py).
"""
