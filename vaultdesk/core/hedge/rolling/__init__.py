"""A hedge bought again and again, through years of daily prices."""
