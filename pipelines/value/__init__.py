"""What customers are worth.

Here: the state of every customer month by month, value by category, promoter value. Not here: reading or writing the
warehouse, and what is done about a customer (loop).
"""
