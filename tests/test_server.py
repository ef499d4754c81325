"""The real server: what it listens on, what it answers, what it refuses."""

import base64
import hashlib
import http.client
import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import streamlit

import workbench
from tests.browser.driver import ROOT, Server

pytestmark = pytest.mark.server


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("server")).start()  # its working folder is not the project's
    yield server
    server.stop()


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, http.client.HTTPMessage, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        connection.request(method, path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


WEBSOCKET = {
    "Connection": "Upgrade", "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
}


def test_the_inline_script_is_the_one_the_policy_allows() -> None:
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    inline = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page, re.DOTALL)
    hashes = ["sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in inline]
    assert hashes == [workbench.INLINE_SCRIPT]


@pytest.mark.parametrize("path", ["/", "/healthz", "/_stcore/health", "/no-such-page"])
def test_every_answer_has_the_security_headers(server: Server, path: str) -> None:
    status, headers, _ = ask(server, path)
    assert status == 200
    assert headers.get_all("X-Content-Type-Options") == ["nosniff"]
    assert headers.get_all("X-Frame-Options") == ["DENY"]
    assert headers.get_all("Referrer-Policy") == ["same-origin"]
    assert headers.get_all("Permissions-Policy") == [
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"
    ]
    assert headers.get_all("Cross-Origin-Resource-Policy") == ["same-origin"]
    policy = headers.get_all("Content-Security-Policy")
    assert len(policy) == 1
    assert "default-src 'self'; script-src 'self' 'sha256-" in policy[0]
    assert "object-src 'none'" in policy[0]
    assert "frame-ancestors 'none'" in policy[0]
    assert "unsafe-eval" not in policy[0]


def test_healthz_says_it_is_well(server: Server) -> None:
    status, headers, body = ask(server, "/healthz")
    assert (status, json.loads(body), headers["Cache-Control"]) == (200, {"status": "ok"}, "no-store")


@pytest.mark.parametrize("path", ["/", "/healthz", "/_stcore/health", "/media/0.csv"])
def test_an_unknown_host_name_is_refused(server: Server, path: str) -> None:
    status, headers, body = ask(server, path, Host="rebound.example")
    assert (status, body) == (400, b"Invalid host header")
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("127.0.0.1", "http://127.0.0.1:{port}", 101),
        ("localhost", "http://localhost:{port}", 101),
        ("127.0.0.1", "http://127.0.0.1:1", 403),  # another program's page on this computer
        ("127.0.0.1", "https://evil.example", 403),
        ("127.0.0.1", "null", 403),
        ("rebound.example", "http://rebound.example:{port}", 400),
    ],
)
def test_only_its_own_page_may_open_the_websocket(server: Server, host: str, origin: str, status: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    try:
        headers = {**WEBSOCKET, "Host": f"{host}:{server.port}", "Origin": origin.format(port=server.port)}
        connection.request("GET", "/_stcore/stream", headers=headers)
        with connection.getresponse() as answer:
            assert answer.status == status
    finally:
        connection.close()


def test_it_listens_on_this_computer_only(server: Server) -> None:
    assert server.process is not None
    listening = [c.laddr for c in psutil.Process(server.process.pid).net_connections("inet") if c.status == psutil.CONN_LISTEN]
    assert [(place.ip, place.port) for place in listening] == [("127.0.0.1", server.port)]


def test_it_starts_without_a_question_and_says_where_it_is(server: Server) -> None:
    said = server.log.read_text(encoding="utf-8")
    assert f"URL: http://127.0.0.1:{server.port}" in said
    assert "Email" not in said
    assert "Collecting usage statistics" not in said
    assert "External" not in said


def test_what_the_settings_must_keep() -> None:
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert settings["server"]["address"] == "127.0.0.1"
    assert settings["server"]["showEmailPrompt"] is False
    assert settings["server"]["enableStaticServing"] is False
    assert settings["server"]["disconnectedSessionTTL"] == 60
    assert settings["browser"]["gatherUsageStats"] is False
    assert settings["client"]["showErrorDetails"] == "none"
    assert settings["client"]["showErrorLinks"] is False


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21. Source: WCAG 2.2, relative luminance and contrast ratio."""
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_text_can_be_read_in_both_themes(name: str) -> None:
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"][name]
    pairs = {
        (text, behind): contrast(text, behind)
        for behind in (theme["backgroundColor"], theme["secondaryBackgroundColor"], *theme["sidebar"].values())
        for text in (theme["textColor"], theme["linkColor"])
    }
    pairs["on a grid's header", theme["dataframeHeaderTextColor"]] = contrast(
        theme["dataframeHeaderTextColor"], theme["dataframeHeaderBackgroundColor"]
    )
    pairs["white on the main button", theme["primaryColor"]] = contrast("#ffffff", theme["primaryColor"])
    assert {pair: ratio for pair, ratio in pairs.items() if ratio < 4.5} == {}
    assert round(contrast("#000000", "#ffffff"), 6) == 21
