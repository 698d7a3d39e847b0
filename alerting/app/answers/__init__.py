"""Answers by mail: tokens on the way out, mails that come back, and what they do."""
