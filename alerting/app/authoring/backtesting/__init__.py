"""What rules would have found and told over a span of the past: the engine's own steps, day by day, on a state of their own."""
