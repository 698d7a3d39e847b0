"""What a mail, a page and the program interface show, as plain values."""
