"""The organisation's own templates, in a limited process."""
