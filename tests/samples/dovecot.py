"""A real IMAP server (Debian's `dovecot-imapd`): every user has the password `secret` and a mailbox of their own."""

import grp
import os
import pwd
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import imapclient
import pytest

DAEMON = Path("/usr/sbin/dovecot")
MISSING = "dovecot-imapd is not installed: answers by mail are NOT tested against a real server"
PASSWORD = "secret"
_CONF = """base_dir = {d}/run
log_path = {d}/log
protocols = imap
listen = 127.0.0.1
ssl = {ssl}
disable_plaintext_auth = no
auth_failure_delay = 0
mail_fsync = never
default_internal_user = {u}
default_login_user = {u}
default_internal_group = {g}
mail_location = maildir:{d}/mail/%n
mail_max_userip_connections = 100
mail_plugins = acl
plugin {{
 acl = vfile
}}
passdb {{
 driver = static
 args = password=secret
}}
userdb {{
 driver = static
 args = uid={m} gid={n} home={d}/mail/%n
}}
{more}
service anvil {{
 chroot =
}}
service imap-login {{
 chroot =
 inet_listener imap {{
  port = {port}
 }}
 inet_listener imaps {{
  port = {tls}
 }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dovecot:
    """A server that runs."""

    folder: Path
    port: int
    tls: int

    def url(self, user: str, *, password: str = PASSWORD, folder: str = "INBOX", tls: str = "none") -> str:
        """Return the setting for a user's mailbox."""
        port = self.tls if tls == "implicit" else self.port
        return f"imap://{user}:{password}@127.0.0.1:{port}/{folder}?tls={tls}"

    @contextmanager
    def signed_in(self, user: str, folder: str = "INBOX", *, readonly: bool = False) -> Iterator[imapclient.IMAPClient]:
        """Sign in as somebody else with a mail program would."""
        client = imapclient.IMAPClient("127.0.0.1", self.port, ssl=False, timeout=20)
        try:
            client.login(user, PASSWORD)
            client.select_folder(folder, readonly=readonly)
            yield client
        finally:
            client.logout()

    def put(self, user: str, *mails: bytes, folder: str = "INBOX") -> None:
        """Let mails arrive."""
        with self.signed_in(user) as client:
            if not client.folder_exists(folder):
                client.create_folder(folder)
            for mail in mails:
                client.append(folder, mail)

    def make_read_only(self, user: str) -> None:
        """Let a user read the inbox and change nothing in it."""
        (self.folder / "mail" / user / "dovecot-acl").write_text("owner lr\n")

    def cut_off(self, user: str) -> None:
        """Cut all lines of a user."""
        subprocess.run(["/usr/bin/doveadm", "-c", self.folder / "conf", "kick", user], check=True, capture_output=True)

    def holds(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """Return the mails in a folder; none where it is not there."""
        with self.signed_in(user, readonly=True) as client:
            if not client.folder_exists(folder):
                return []
            client.select_folder(folder, readonly=True)
            uids = client.search()
            return [client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"] for uid in uids]


@contextmanager
def running(*, certificate: tuple[Path, Path] | None = None, more: str = "") -> Iterator[Dovecot]:
    """Start a server in a folder of its own, and stop it again.

    Args:
        certificate: files with the chain and the key, for TLS.
        more: further lines of its settings.
    """
    if not DAEMON.exists():
        pytest.skip(MISSING)
    with TemporaryDirectory(
        prefix="dovecot-"
    ) as made:  # short: sockets stand in it; open: its processes are not root's
        folder = Path(made)
        folder.chmod(0o755)
        with _served(folder, certificate, more) as server:
            yield server


@contextmanager
def _served(folder: Path, certificate: tuple[Path, Path] | None, more: str) -> Iterator[Dovecot]:
    (folder / "mail").mkdir()
    (folder / "mail").chmod(0o777)
    who = pwd.getpwuid(os.getuid())
    own = (who.pw_name, grp.getgrgid(who.pw_gid).gr_name)
    internal, users = (("dovecot", "dovecot"), ("nobody", "nogroup")) if os.getuid() == 0 else (own, own)
    port, tls = _free_port(), (_free_port() if certificate else 0)
    secured = "no" if certificate is None else f"yes\nssl_cert = <{certificate[0]}\nssl_key = <{certificate[1]}"
    conf = folder / "conf"
    conf.write_text(
        _CONF.format(
            d=folder, ssl=secured, u=internal[0], g=internal[1], m=users[0], n=users[1], port=port, tls=tls, more=more
        )
    )
    server = subprocess.Popen([DAEMON, "-F", "-c", conf], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, server, folder / "log")
        yield Dovecot(folder=folder, port=port, tls=tls)
    finally:
        server.terminate()
        server.wait(20)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(1000):
        if server.poll() is not None:
            raise AssertionError(f"dovecot ended: {log.read_text() if log.exists() else 'without a word'}")
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    raise AssertionError("dovecot does not answer")
