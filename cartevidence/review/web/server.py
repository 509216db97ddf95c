"""Opening the desk: Datasette with our plugin on the given database, served on one port until Ctrl-C."""

from __future__ import annotations

import asyncio
import mimetypes
import socket
import webbrowser
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any

from cartevidence.review.web.site import Site, SiteError

HERE = Path(__file__).parent
SQL_SECONDS = 5


def datasette_of(site: Site) -> Any:
    """Datasette as the desk needs it, not yet listening. Only the evidence database is given to it."""
    from datasette.app import Datasette
    from datasette.database import Database

    plugin = _plugin()
    made = Datasette(
        [],
        memory=False,
        template_dir=str(HERE / "templates"),
        static_mounts=[("static", str(HERE / "static"))],
        settings={
            "allow_download": False,
            "sql_time_limit_ms": SQL_SECONDS * 1000,
            "default_cache_ttl": 0,
            "suggest_facets": False,
            "num_sql_threads": 3,
        },
        metadata={"title": "cartevidence"},
    )
    made.remove_database("_memory")
    made.add_database(Database(made, str(site.db), is_mutable=True), name="evidence")
    plugin.SITES[made] = site
    # Datasette made its client before it was known to be a desk.
    made.client.app = made.app()
    return made


@cache
def _plugin() -> Any:
    """Our plugin, registered once; what it replaces is taken out."""
    from datasette.plugins import pm

    from cartevidence.review.web import plugin

    mimetypes.add_type("text/javascript", ".js")
    pm.register(plugin, "cartevidence.review")
    pm.unregister(name="datasette.handle_exception")
    return plugin


def serve(site: Site, *, say: Callable[[str], None], browser: bool) -> None:
    """Serve until stopped. Says the sign-in links, and opens the first one with `browser`.

    Raises SiteError where the port is taken or the address is not this machine's.
    """
    import uvicorn

    with _listening(site) as listener:
        site = replace(site, port=listener.getsockname()[1])
        app = datasette_of(site).app()
        _say_links(site, say)
        if browser:
            # Beside us: a browser of the terminal returns only when it is closed.
            Thread(target=webbrowser.open, args=[site.link(next(iter(site.tokens)))], daemon=True).start()
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, lifespan="on", ws="none", server_header=False,
            proxy_headers=False, timeout_graceful_shutdown=3,
        )  # fmt: skip
        with suppress(KeyboardInterrupt):  # the way to close it
            asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
    say("Closed. Every decision is kept.")


def _listening(site: Site) -> socket.socket:
    family = socket.AF_INET6 if ":" in site.host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((site.host, site.port))
        listener.listen()
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise SiteError(
            f"The desk cannot listen at {site.host}, port {site.port} ({reason}): give another --port, or 0 for any"
        ) from error
    return listener


def _say_links(site: Site, say: Callable[[str], None]) -> None:
    names: Sequence[str] = list(site.tokens)
    say(f"The desk of {site.db} is open; Ctrl-C closes it.")
    say("Each curator signs in by their own link, which lets in whoever has it:")
    for name in names:
        say(f"  {name}  {site.link(name)}")
