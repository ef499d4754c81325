"""Drives the real server and a real Chromium: start, stop, upload, read and edit grids, download. Waits for events, never for a time."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import psutil
from playwright.sync_api import ConsoleMessage, Locator, Page, Request, WebSocket, expect
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome", "chrome") if (found := shutil.which(name))), None)
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
TRIES = 20  # to give a cell of a grid the focus
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestIdleCallback(done, {timeout: 1000}))))"
PATIENCE = 90_000  # milliseconds until something awaited counts as not happening; two busy cores are slow


class Server:
    """One ``streamlit run`` process with a data folder and a home of its own; it can be killed and started again."""

    def __init__(self, folder: Path, script: Path = ROOT / "workbench.py", port: int = 0, **env: str) -> None:
        self.folder, self.script, self.port, self.env = folder, script, port, env
        self.data, self.log = folder / "data", folder / "server.log"
        self.process: subprocess.Popen[str] | None = None
        self._reader: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where the page is."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "Server":
        """Start and return once it listens. After the first start the port stays the same."""
        home = self.folder / "home"
        home.mkdir(parents=True, exist_ok=True)
        settings = {"HOME": str(home), "USERPROFILE": str(home), "WORKBENCH_DATA_FOLDER": str(self.data), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(self.script), "--server.headless=true", f"--server.port={self.port}"],
            cwd=self.folder,  # not the project's: its settings must be found from anywhere
            env={**os.environ, **settings, **self.env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
        )
        listening = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(self.process, listening), daemon=True)
        self._reader.start()
        if not listening.wait(PATIENCE / 1000) or self.process.poll() is not None:
            self.stop()
            raise RuntimeError(f"the server did not start:\n{self.log.read_text(encoding='utf-8')}")
        return self

    def _read(self, process: subprocess.Popen[str], listening: threading.Event) -> None:
        assert process.stdout is not None
        with self.log.open("a", encoding="utf-8") as log, process.stdout as lines:
            for line in lines:
                log.write(line)
                log.flush()
                if "URL: " in line:
                    self.port = urlsplit(line.split("URL: ")[1].strip()).port or self.port
                    listening.set()
        listening.set()  # it ended

    def workers(self) -> list[psutil.Process]:
        """The processes the server has started."""
        return psutil.Process(self.process.pid).children(recursive=True) if self.process and self.process.poll() is None else []

    def kill9(self) -> None:
        """End it as a power cut would."""
        if self.process:
            self.process.kill()
            self._ended()

    def stop(self) -> None:
        """Ask it to end, and end it and what it started if it does not."""
        if not self.process:
            return
        started = self.workers()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        self._ended()
        for worker in psutil.wait_procs(started, timeout=5)[1]:
            worker.kill()

    def _ended(self) -> None:
        assert self.process is not None
        self.process.wait()
        if self._reader:
            self._reader.join(10)
        self.process = None


@dataclass
class Trouble:
    """What a browser complained about: errors in the console or of the page's scripts, and requests that leave this computer."""

    seen: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        """Listen to a page from now on."""
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.seen.append(f"page error: {error}"))
        page.on("request", self._request)
        page.on("websocket", lambda socket: self._address("websocket", socket.url))

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.seen.append(f"console: {message.text} ({message.location.get('url', '')})")

    def _request(self, request: Request) -> None:
        self._address(request.method, request.url)

    def _address(self, how: str, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.hostname not in LOOPBACK:
            self.seen.append(f"left this computer: {how} {url}")

    def forget(self) -> None:
        """Complaints up to now were expected (the server was killed, say)."""
        self.seen.clear()


def settled(page: Page) -> None:
    """Wait until the script has run and is not running, and no job is waited for."""
    expect(page.get_by_test_id("stApp")).to_be_visible(timeout=PATIENCE)
    expect(page.locator("[class*=st-key-waiting-]")).to_have_count(0, timeout=PATIENCE)
    expect(page.locator("[data-testid=stApp][data-test-connection-state=CONNECTED]")).to_have_count(1, timeout=PATIENCE)
    expect(page.locator("[data-testid=stApp][data-test-script-state=notRunning]")).to_have_count(1, timeout=PATIENCE)
    expect(page.get_by_test_id("stSkeleton")).to_have_count(0, timeout=PATIENCE)


_sockets: WeakKeyDictionary[Page, WebSocket] = WeakKeyDictionary()


def listen(page: Page) -> None:
    """Remember the page's socket to the server, so that ``rerun`` can see when a run ends."""
    page.on("websocket", lambda socket: _sockets.__setitem__(page, socket))


def _run_ended(frame: bytes | str) -> bool:
    message = ForwardMsg()
    message.ParseFromString(frame if isinstance(frame, bytes) else frame.encode())
    return message.WhichOneof("type") == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN


@contextmanager
def rerun(page: Page) -> Iterator[None]:
    """Around an action that makes the script run: leaves when that run has ended and is drawn, and no job is waited for.

    Told by the server's own message: a short run comes and goes between two drawings of the page.
    """
    with _sockets[page].expect_event("framereceived", _run_ended, timeout=PATIENCE):
        yield
    drawn(page)
    settled(page)


def drawn(page: Page) -> None:
    """Wait until the browser has drawn what it knows and has nothing else to do."""
    page.evaluate(DRAWN)


def open_page(page: Page, url: str) -> None:
    """Go there and wait until the page is drawn."""
    page.goto(url)
    settled(page)


def upload(page: Page, name: str, content: bytes, mime: str = "text/csv", uploader: Locator | None = None) -> None:
    """Put a file into the file uploader and wait until the script has seen it."""
    field = (uploader or page.get_by_test_id("stFileUploader")).locator("input[type=file]")
    with rerun(page):
        field.set_input_files({"name": name, "mimeType": mime, "buffer": content})


def download(page: Page, button: Locator) -> tuple[str, bytes]:
    """Press a download button: the file's name and its bytes."""
    with page.expect_download(timeout=PATIENCE) as caught:
        button.click()
    return caught.value.suggested_filename, Path(caught.value.path()).read_bytes()


class Grid:
    """A grid on the page. Columns count from 0 and include the row numbers where the grid shows them; rows count from 0."""

    def __init__(self, page: Page, frame: Locator | None = None, marks: int = 0) -> None:
        """``marks`` is 1 where rows can be marked at the left: that column is not counted."""
        self.page, self.frame, self.marks = page, frame or page.get_by_test_id("stDataFrame").first, marks

    def cell(self, column: int, row: int) -> Locator:
        """The hidden twin of a drawn cell, which screen readers read."""
        return self.frame.get_by_test_id(f"glide-cell-{column + self.marks}-{row}")

    def header(self) -> list[str]:
        """The names of the columns in sight."""
        names = self.frame.locator("[role=columnheader]")
        expect(names.first).to_be_attached(timeout=PATIENCE)
        return names.all_inner_texts()

    def row(self, row: int) -> list[str]:
        """The texts of one row, the columns in sight."""
        cells = self.frame.locator(f"[data-testid^=glide-cell-][data-testid$='-{row}']")
        expect(cells.first).to_be_attached(timeout=PATIENCE)
        return cells.all_inner_texts()

    def choose(self, column: int, row: int) -> None:
        """Make a cell the current one."""
        cell = self.cell(column, row)
        expect(cell).to_be_attached(timeout=PATIENCE)
        canvas = self.frame.get_by_test_id("data-grid-canvas")
        self.point(3, 0)
        canvas.focus()
        if canvas.evaluate("c => !c.dataset.driven && (c.dataset.driven = 'yes')"):  # its first focus chooses a cell itself
            expect(self.frame.locator("td[aria-selected=true]")).not_to_have_count(0, timeout=PATIENCE)
        for attempt in range(TRIES):
            if cell.get_attribute("aria-selected") == "true":
                return
            # focus on the cell that had it last would not count
            self.frame.locator(f"td:not(#glide-cell-{column + self.marks}-{row})").first.focus()
            cell.focus()
            try:  # an editor that closes takes the focus back a moment later
                expect(cell).to_have_attribute("aria-selected", "true", timeout=PATIENCE / TRIES)
            except AssertionError:
                if attempt == TRIES - 1:
                    raise

    def edit(self, column: int, row: int, text: str) -> None:
        """Type over a cell and press Enter; waits for the run this makes."""
        self.choose(column, row)
        with rerun(self.page):
            self.type(text)

    def pick(self, column: int, row: int, choice: str) -> None:
        """Choose from the list of a cell; waits for the run this makes."""
        self.choose(column, row)
        box = self.frame.get_by_test_id("data-grid-canvas").bounding_box()
        assert box is not None
        self.page.mouse.move(box["x"] + 3, box["y"] + 3)  # a list that opens under the pointer would take what lies there
        self.page.keyboard.press("Enter")
        field = self.page.locator("#portal input").first
        expect(field).to_be_visible(timeout=PATIENCE)
        with rerun(self.page):
            field.fill(choice)
            field.press("Enter")
        expect(field).to_have_count(0, timeout=PATIENCE)

    def tick(self, column: int, row: int) -> None:
        """Turn the check box of a cell; waits for the run this makes."""
        self.choose(column, row)
        with rerun(self.page):
            self.page.keyboard.press("Enter")

    def type(self, text: str) -> None:
        """Type over the current cell, which ``choose`` or ``take`` made so, and press Enter."""
        self.page.keyboard.press("Enter")
        editor = self.page.locator("#portal textarea, #portal input").first
        expect(editor).to_be_visible(timeout=PATIENCE)
        editor.fill(text)
        editor.press("Enter")
        expect(editor).to_have_count(0, timeout=PATIENCE)

    def width(self) -> float:
        """Pixels across."""
        box = self.frame.get_by_test_id("data-grid-canvas").bounding_box()
        assert box is not None
        return box["width"]

    def point(self, x: float, row: int, tall: int = 35) -> None:
        """Move the pointer over a cell: pixels from the grid's left edge, its row in sight (-1 is the header), pixels of a row.

        The grid takes a click, and a cell chosen by keys, only once it has noticed a pointer over it. A pointer that comes from
        outside while the page is busy is noticed by its next move only, so there are two, each one drawn.
        """
        canvas = self.frame.get_by_test_id("data-grid-canvas")
        canvas.scroll_into_view_if_needed()
        for aside in (2, 0):
            box = canvas.bounding_box()
            assert box is not None
            self.page.mouse.move(box["x"] + x + aside, box["y"] + (17 if row < 0 else 35 + tall * row + tall / 2))
            drawn(self.page)

    def click(self, x: float, row: int, tall: int = 35) -> None:
        """Click a cell by its place, as ``point`` says it."""
        self.point(x, row, tall)
        self.page.mouse.down()
        self.page.mouse.up()

    def take(self, column: int, x: float, row: int, tall: int = 35) -> None:
        """Make a cell the current one by a click on its place."""
        self.click(x, row, tall)
        expect(self.cell(column, row)).to_have_attribute("aria-selected", "true", timeout=PATIENCE)
