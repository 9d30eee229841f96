"""A Dovecot of the tests' own, in a folder of theirs: several users, each with the same password."""

import getpass
import grp
import os
import pwd
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket

from imapclient import IMAPClient

from tests.services import dovecot_path

PASSWORD = "let-me-in"

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
mail_location = maildir:{folder}/mail/%u
mail_uid = {mail_user}
mail_gid = {mail_group}
first_valid_uid = 0
mailbox_list_index = no
{capabilities}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={mail_user} gid={mail_group} home={folder}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True, slots=True)
class Server:
    port: int

    def address(self, user: str) -> dict[str, object]:
        """What the settings say of this user's mailbox."""
        reach = {"scheme": "imap", "host": "127.0.0.1", "port": self.port, "user": user, "password": PASSWORD}
        return {**reach, "folder": "INBOX", "done": "Processed"}

    @contextmanager
    def signed_in(self, user: str) -> Iterator[IMAPClient]:
        client = IMAPClient("127.0.0.1", port=self.port, ssl=False, timeout=10)
        client.login(user, PASSWORD)
        yield client
        client.logout()

    def deliver(self, user: str, *messages: bytes) -> None:
        with self.signed_in(user) as client:
            for message in messages:
                client.append("INBOX", message)

    def count(self, user: str, folder: str) -> int:
        with self.signed_in(user) as client:
            return client.folder_status(folder, ["MESSAGES"])[b"MESSAGES"] if client.folder_exists(folder) else 0


@contextmanager
def running(*, capabilities: str = "") -> Iterator[Server]:
    """``capabilities`` is what the server says that it can, such as "IMAP4rev1 UIDPLUS"; all it can when empty."""
    # Not in a folder of pytest's: each run that begins shuts those to the server's user.
    folder = tempfile.TemporaryDirectory(prefix="sportello-dovecot-", ignore_cleanup_errors=True)
    with folder as name, _running_in(Path(name), capabilities) as server:
        yield server


@contextmanager
def _running_in(folder: Path, capabilities: str) -> Iterator[Server]:
    path = dovecot_path()
    assert path, "Dovecot is not on this machine"
    root = os.geteuid() == 0
    me = pwd.getpwnam("dovecot") if root else pwd.getpwnam(getpass.getuser())
    port = _free_port()
    for name in ("run", "state", "mail"):
        (folder / name).mkdir(parents=True)
    if root:
        for place in (folder, folder / "mail"):
            os.chown(place, me.pw_uid, me.pw_gid)
    said = f"imap_capability = {capabilities}" if capabilities else ""
    group = _group(me.pw_gid)
    values = {"folder": folder, "user": me.pw_name, "group": group, "mail_user": me.pw_uid, "mail_group": me.pw_gid}
    configuration = folder / "dovecot.conf"
    configuration.write_text(CONFIGURATION.format(**values, port=port, password=PASSWORD, capabilities=said))
    process = subprocess.Popen([path, "-F", "-c", str(configuration)])
    try:
        _wait(port, folder / "log")
        yield Server(port)
    finally:
        process.terminate()
        process.wait(timeout=20)


def _group(gid: int) -> str:
    return grp.getgrgid(gid).gr_name


def _free_port() -> int:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        with socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"Dovecot does not answer: {log.read_text() if log.exists() else ''}")
