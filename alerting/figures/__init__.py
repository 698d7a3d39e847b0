"""From what sources give to panels: cells read or refused, revisions and conflicts settled, derived figures made."""
