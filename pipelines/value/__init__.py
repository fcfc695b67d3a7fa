"""What customers are worth.

Here: the state of every customer month by month, value by category, promoter value, forecasts. Not here: reading or
writing the warehouse, formulas that know no table (statistics), and following up with customers (loop).
"""
