"""What is answered, field by field: the JSON, its OpenAPI document and its checks come from these.

Money, prices, ratios and quantities are decimals written as text, exact. Seconds, counts and what
a pricing model made of float64 for a share of paths are numbers. Null means that nothing is known;
the record it stands in says why.
"""
