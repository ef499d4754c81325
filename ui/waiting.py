"""Shows a job that runs: progress, cancel, and what went wrong."""

import streamlit as st

from ui import state
from ui.words import plain
from workspace import Job
from workspace.work import Failure


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
