"""From the text of rule files to values with their places."""
