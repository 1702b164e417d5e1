"""What is drawn of hedges: curves and rows, ready for a chart or a table."""
