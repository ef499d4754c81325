"""The web application: ``streamlit run workbench.py``. The page is ``ui/page.py``; here are its headers, routes and last resort."""

import logging
import secrets
import threading
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ui import focus

log = logging.getLogger("workbench")

# The one inline script of Streamlit 1.67's index.html; tests/test_server.py computes it from the installed package.
INLINE_SCRIPT = "sha256-THxz9J9+wf7rhwR2YkXJoSZ13UCmYyC+3lNDv2+8ugA="
POLICY = {
    "default-src": "'self'",
    "script-src": f"'self' '{INLINE_SCRIPT}'",
    "style-src": "'self' 'unsafe-inline'",  # the page's styles are made in the browser, under names not known beforehand
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
SECURITY_HEADERS = {
    "content-security-policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


class Guard:
    """Adds the security headers to every answer and refuses a websocket that another site's page opened.

    Pure ASGI: it buffers nothing, so uploads and downloads stream. Streamlit checks the origin too, but asks a server
    outside for this machine's address before it says no.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on."""
        if scope["type"] == "websocket" and not same_origin(Headers(scope=scope)):
            await send({"type": "websocket.close", "code": 1008})
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(SECURITY_HEADERS)
            await send(message)

        await self.app(scope, receive, send_guarded)


def same_origin(headers: Headers) -> bool:
    """Whether the request comes from a page of this server, or from a program that is no browser (it sends no origin)."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


async def healthz(request: Request) -> JSONResponse:
    """Says that the server answers; for whatever watches over it."""
    return JSONResponse({"status": "ok"}, headers={"cache-control": "no-store"})


async def focus_script(request: Request) -> FileResponse:
    """The page's one script of its own: it puts the keyboard where the page asks for it."""
    return FileResponse(focus.SCRIPT, media_type="text/javascript", headers={"cache-control": "no-cache"})


def on_script_error(error: Exception) -> bool:
    """Write the error to the log and show a message without its text, which may hold a person's data or a path."""
    number = secrets.token_hex(4)
    log.error("Error %s on the page", number, exc_info=error)
    st.error(
        "Something went wrong that this program did not expect. Your file was not changed. Reload the page to go on from your last saved "
        f"change. If it happens again, turn off the last step. What went wrong is in the server's log under number {number}.",
        icon=":material/error:",
    )
    return True


@asynccontextmanager
async def opened_in_browser(app: st.App) -> AsyncIterator[None]:
    """Open the page in the person's browser, as Streamlit does for a plain script but not for an app with routes of its own."""
    if not st.get_option("server.headless"):  # the port is bound and listening by now; what asks early waits in its queue
        address = f"http://{st.get_option('browser.serverAddress')}:{st.get_option('server.port')}"
        threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
    yield


app = st.App(
    "ui/page.py",
    lifespan=opened_in_browser,
    routes=[Route("/healthz", healthz), Route(focus.ADDRESS, focus_script)],
    middleware=[
        Middleware(Guard),
        Middleware(TrustedHostMiddleware, allowed_hosts=st.get_option("server.allowedHosts") or ["*"], www_redirect=False),
    ],
    on_script_error=on_script_error,
)
