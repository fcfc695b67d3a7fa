"""The truth of a simulated shop: what is planted, and what a correct warehouse must find.

Here: what can be planted (parameters), what each planted effect amounts to in points (planted_effects), expected
scores (expected_scores), what satisfaction is worth in money (customer_value), counts of what happened (counts), the
rows to refuse (refused_rows), and all of it as one document (document). Not here: drawing the shop (world) and writing
its exports.
"""
