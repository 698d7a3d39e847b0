"""Mails that come back, as programs write them: a numbered matrix, each with what must happen."""

from samples.replies.cases import Case
from samples.replies.machines import MACHINES
from samples.replies.mobile import MOBILE
from samples.replies.outlook import OUTLOOK
from samples.replies.programs import PROGRAMS
from samples.replies.returned import RETURNED
from samples.replies.shielded import SHIELDED
from samples.replies.webmail import WEBMAIL

MATRIX: tuple[Case, ...] = (*OUTLOOK, *WEBMAIL, *MOBILE, *PROGRAMS, *SHIELDED, *MACHINES, *RETURNED)
