"""What sources of every kind share: which files, read whole, which columns, and several as one."""
