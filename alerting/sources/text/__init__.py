"""Text tables: delimiters, encodings, decimals, numbers that a comma split."""
