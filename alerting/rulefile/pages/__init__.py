"""What is printed of keys, rules and problems."""
