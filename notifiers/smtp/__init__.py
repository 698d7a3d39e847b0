"""The conversation with a mail server, loaded only when a mail is sent."""
