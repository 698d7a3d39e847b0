"""New rules folders: the smallest that works, and an example of a made-up organisation with three years of figures."""
