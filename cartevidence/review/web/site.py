"""Who may come in, by what address, and which database is looked at."""

from __future__ import annotations

import getpass
import ipaddress
import secrets
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from hmac import compare_digest
from pathlib import Path
from urllib.parse import urlencode

from cartevidence.review.desk import curator_name
from models.errors import CartevidenceError


class SiteError(CartevidenceError):
    """The desk cannot be opened as asked."""


@dataclass(frozen=True)
class Site:
    """A desk that is open. `tokens` are the secrets of the sign-in links, by curator."""

    db: Path
    tokens: dict[str, str]
    host: str = "127.0.0.1"
    port: int = 8001
    password: str | None = None

    @classmethod
    def of(
        cls,
        db: Path,
        curators: Sequence[str],
        *,
        host: str = "127.0.0.1",
        port: int = 8001,
        password: str | None = None,
    ) -> Site:
        """A site with a new secret for each curator.

        Raises InvalidData for a name that cannot be used, SiteError for one given twice, and for a host that others can
        reach where no password is set.
        """
        named = [curator_name(name) for name in curators]
        if len({name.casefold() for name in named}) < len(named):
            raise SiteError("Two curators have the same name: give each one of their own")
        if not is_loopback(host) and not password:
            raise SiteError(
                f"Others could reach the desk at {host}: set CARTEVIDENCE_PASSWORD, which sign-in then asks for, "
                "or leave --host out"
            )
        return cls(db, {name: secrets.token_urlsafe(24) for name in named}, host, port, password)

    @property
    def cookie(self) -> str:
        """The cookie's name: a browser gives cookies to all ports of a host, so each desk has one of its own."""
        return f"cartevidence_{self.port}"

    @property
    def url(self) -> str:
        """The address to open: of this machine where the desk listens on all of its addresses."""
        name = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104
        return f"http://{f'[{name}]' if ':' in name else name}:{self.port}"

    def link(self, curator: str) -> str:
        """The sign-in link of a curator."""
        return f"{self.url}/sign-in?{urlencode({'token': self.tokens[curator]})}"

    def curator(self, token: str) -> str | None:
        """Whose secret it is."""
        found = None
        for name, secret in self.tokens.items():
            if compare_digest(secret.encode(), token.encode()):
                found = name
        return found

    def admits(self, password: str) -> bool:
        """Whether the password is right, or none is asked for."""
        return self.password is None or compare_digest(self.password.encode(), password.encode())

    def answers_to(self, host: str) -> bool:
        """Whether a request's Host header names this desk; a web site that rebinds its own name to us does not."""
        name, _, port = host.rpartition(":")
        if not name or not port.isdigit():
            name, port = host, "80"
        if port != str(self.port):
            return False
        name = name.strip("[]").lower()
        if name in ("127.0.0.1", "localhost", "::1", self.host.lower()):
            return True
        # Listening everywhere, the desk is asked for by whatever address or name the machine has.
        return self.host in ("0.0.0.0", "::") and (_is_address(name) or name == socket.gethostname().lower())  # noqa: S104


def login_name() -> str:
    """The name that the system's user is logged in by; 'curator' where it has none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "curator"


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
