"""The demonstration: the real path on the shipped rules and figures, with mails to a mailbox on this machine."""
