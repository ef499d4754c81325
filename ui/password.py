"""A workbook's password: asked for where the file could not be opened without it, used, and kept nowhere but in memory."""

import streamlit as st

from io_utils import PasswordNeeded, ReadError
from ui import state
from ui.words import plain
from workspace import SourceTable
from workspace.work import Failure


def asked(failure: Failure) -> bool:
    """Whether a password is all that is missing."""
    return failure.kind in ("PasswordNeeded", "WrongPassword")


def ask(failure: Failure, table: SourceTable) -> None:
    """A field for the password of a table's file; with it, the file is read again."""
    wrong = failure.kind == "WrongPassword"
    (st.error if wrong else st.info)(plain(failure.message, longest=500), icon=":material/lock:")
    key = f"password-{failure.key[:12]}"
    with st.container(border=True, key=f"unlock-{failure.key[:12]}"):
        st.text_input("Password", type="password", key=key, max_chars=255, on_change=_open, args=(key, failure, table))
        st.caption(
            "The password opens the file and is not saved: not in the project, the steps or the address. It is asked for again if the file "
            "must be read again after the workbench was restarted. The table as read is kept with the project, without a password."
        )
        st.button("Open", key=f"unlock-button-{failure.key[:12]}", type="primary", icon=":material/lock_open:")


def unlock(digest: str, error: ReadError) -> None:
    """Why a file that was read before cannot be looked at again, and a field for its password if that is all that is missing."""
    st.error(plain(str(error), longest=500), icon=":material/lock:")
    if isinstance(error, PasswordNeeded):
        key = f"unlock-again-{digest[:12]}"
        st.text_input("Password", type="password", key=key, max_chars=255, on_change=_keep, args=(key, digest))


def _keep(key: str, digest: str) -> None:
    if said := st.session_state[key]:
        state.work().passwords[digest] = said


def _open(key: str, failure: Failure, table: SourceTable) -> None:
    """Read the file again with the password that was typed, which leaves the page."""
    if said := st.session_state[key]:
        files = [part for part in table.parts or (table,) if failure.message.startswith(part.file_name)]
        state.work().passwords.update({file.file_digest: said for file in files})
        state.work().retry(failure)
        st.session_state[key] = ""
