"""Shows what takes its time, a job or a look at a large table: progress, cancel, and what went wrong. The page stays alive meanwhile."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import NoReturn, TypeVar

import streamlit as st

from ui import state
from ui.words import plain
from workspace import Job
from workspace.work import Failure, Work

T = TypeVar("T")
LARGE = 1_000_000  # cells from which on a look at a table may take a second
AT_ONCE = 1.0  # seconds that are waited for without a word
_pool = ThreadPoolExecutor(2, "look")


class NotYet(Exception):
    """What is to be drawn is still being worked out, and the page says so."""


class _Unknown(Exception):
    pass


@dataclass
class _Look:
    """A fact that is being worked out beside the page."""

    future: "Future[object]"
    since: float = field(default_factory=time.monotonic)


_looks: dict[tuple[str, ...], _Look] = {}


def worked_out(fact: tuple[str, ...], make: Callable[[], T], cells: int, what: str, cancel: Callable[[], None], place: str = "") -> T:
    """A small fact about a table of so many cells, made once.

    What takes longer than a second is made beside the page, which says ``what`` and offers to ``cancel`` it; then NotYet is
    raised. ``make`` must not use Streamlit. ``place`` tells two such notices on a page apart.
    """
    work = state.work()
    if cells < LARGE:
        return work.remember(fact, make)
    ask: Callable[[], T] = _unknown
    try:
        return work.remember(fact, ask)
    except _Unknown:
        pass
    key = (work.group, *fact)
    look = _looks.get(key)
    if look is None:
        look = _looks[key] = _Look(_pool.submit(_made, work, fact, make))
        look.future.add_done_callback(lambda done: done.cancelled() or done.exception() or _looks.pop(key, None))
    try:
        look.future.result(AT_ONCE)
    except TimeoutError:
        with st.container(border=True, key=f"waiting-look-{place}-{state.digest_of(str(key))[:10]}"):
            _poll_look(key, look, what, cancel, place)
        raise NotYet from None
    finally:
        if look.future.done():
            _looks.pop(key, None)
    return work.remember(fact, make)


def _unknown() -> NoReturn:
    raise _Unknown


def _made(work: Work, fact: tuple[str, ...], make: Callable[[], T]) -> None:
    work.remember(fact, make)


@st.fragment(run_every=0.5)
def _poll_look(key: tuple[str, ...], look: _Look, what: str, cancel: Callable[[], None], place: str) -> None:
    if look.future.done():
        st.rerun()
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(f":material/hourglass_top: {plain(what, longest=120)} … {time.monotonic() - look.since:.0f} s", width="stretch")
        st.button(
            "Cancel", key=f"cancel-look-{place}-{state.digest_of(str(key))[:10]}", icon=":material/close:", on_click=_cancel,
            args=(key, cancel),
        )  # fmt: skip


def _cancel(key: tuple[str, ...], cancel: Callable[[], None]) -> None:
    """Ask no more for it; what is worked out already is not begun again."""
    look = _looks.pop(key, None)
    if look is not None:
        look.future.cancel()
    cancel()


def wait_for(job: Job, what: str) -> None:
    """A progress bar that looks at the job every half second and runs the page again when it is over."""
    with st.container(border=True, key=f"waiting-{job.id[:8]}"):
        _poll(job, what)


@st.fragment(run_every=0.5)
def _poll(job: Job, what: str) -> None:
    if job.over:
        st.rerun()
    said = {"queued": "waiting for its turn"}.get(job.status, job.text or "working")
    st.progress(job.progress, text=f"{plain(what)}: {plain(said)} …")
    st.button("Cancel", key=f"cancel-{job.id}", icon=":material/close:", on_click=job.cancel)


def failed(failure: Failure, what: str) -> None:
    """What could not be done, and a button to try again."""
    if failure.cancelled:
        st.info(f"{plain(what)}: cancelled. Nothing was changed.", icon=":material/cancel:")
    else:
        st.error(plain(failure.message, longest=1000), icon=":material/error:")
    st.button("Try again", key=f"retry-{failure.key}", icon=":material/refresh:", on_click=state.work().retry, args=(failure,))
