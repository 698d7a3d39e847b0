"""From what is told to messages: to owners, to the operator, to the owners of sources."""
