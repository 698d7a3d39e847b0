"""What a rule author is shown before anything is merged."""
