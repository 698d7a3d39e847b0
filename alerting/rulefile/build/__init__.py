"""From forms to the rules."""
