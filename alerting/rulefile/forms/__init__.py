"""What keys of rule files take."""
