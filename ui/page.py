"""The page; nothing on it yet."""

import streamlit as st

st.title("Clean a table")
