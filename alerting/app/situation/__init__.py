"""The figures that count at an instant, and what the rules say of them."""
