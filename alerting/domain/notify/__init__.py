"""Who is told, and what is held back."""
