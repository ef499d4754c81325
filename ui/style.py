"""The page's own look, on top of the theme; it holds no text of anybody's file."""

import streamlit as st

ACCENT = "rgba(18, 128, 119, 0.55)"  # the primary colour, readable on the light and the dark theme
TINT = "rgba(18, 128, 119, 0.10)"

CSS = f"""<style>
[data-testid="stMainBlockContainer"] {{padding-left: 2.2rem; padding-right: 2.2rem; max-width: 1900px}}
[data-testid="stSidebarHeader"] {{height: 2.2rem; padding-bottom: 0}}
[data-testid="stSidebarUserContent"] {{padding-top: 0}}
[class*="st-key-card_"] {{padding: 0.2rem 0.35rem 0.2rem 0.7rem; min-height: 46px}}
[class*="st-key-card_cur_"] {{border-color: {ACCENT}; background: {TINT}; box-shadow: inset 3px 0 0 {ACCENT}}}
[class*="st-key-card_"] [class*="st-key-select-"] {{flex: 1 1 0; min-width: 0}}
[class*="st-key-card_"] [class*="st-key-select-"]
:is([data-testid="stTooltipHoverTarget"], [data-testid="stButton"], button, button > div) {{
  width: 100%; justify-content: flex-start !important}}
[class*="st-key-card_"] [class*="st-key-select-"] button :is(div, p) {{
  white-space: normal !important; overflow-wrap: anywhere; line-height: 1.3}}
[class*="st-key-card_"] [class*="st-key-select-"] p {{
  display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden}}
[class*="st-key-card_"] [data-testid="stBadge"] {{white-space: nowrap}}
[data-variant="segmented_control"][aria-checked="true"] {{color: CHOSEN !important; border-color: {ACCENT}}}
[class*="st-key-card_"] [data-testid="stButton"] button {{padding-left: 0.2rem; padding-right: 0.2rem; min-height: 2rem; text-align: left}}
[data-testid="stSidebar"] [data-testid="stVerticalBlock"] {{gap: 0.55rem}}
.st-key-history kbd {{display: none}}
.st-key-upload [data-testid="stFileUploaderDropzone"] {{
  min-height: 150px; border: 1.5px dashed {ACCENT}; align-items: center; justify-content: center; gap: 1.2rem}}
.st-key-fields {{display: grid; grid-template-columns: 1fr 1fr; gap: 0.6rem 1.4rem; align-items: start}}
.st-key-fields > :has([data-testid="stDataFrame"], [data-testid="stExpander"], [data-testid="stCaptionContainer"], [data-testid="stAlert"]),
.st-key-fields > :has([data-testid="stMarkdown"]):not(:has([data-testid="stWidgetLabel"])) {{grid-column: 1 / -1}}
.st-key-fields > :is([class*="st-key-wide-"], :has([class*="st-key-wide-"])) {{grid-column: 1 / -1}}
.st-key-fields.st-key-fields > :is([class*="st-key-half-"], :has([class*="st-key-half-"])):not(:has([data-testid="stExpander"])) {{
  grid-column: auto}}
.st-key-fields > :has(> [data-testid="stCheckbox"]) {{align-self: end; min-height: 2.4rem; display: flex; align-items: center}}
.st-key-fields > :has([data-testid="stRadio"]) + * + :has(> [data-testid="stCheckbox"]) {{align-self: start; margin-top: 1.1rem}}
.st-key-fields > :has([data-testid="stTextArea"]) {{grid-column: 1 / -1}}
.st-key-fields > :not(:has(*)) {{display: none}}
@media (max-width: 900px) {{.st-key-fields {{grid-template-columns: 1fr}}}}
.st-key-step-list {{padding: 0.25rem}}
.st-key-panel {{border-color: {ACCENT}; box-shadow: 0 2px 10px rgba(15, 23, 42, 0.06)}}
.st-key-noticed {{padding: 0.15rem 0.9rem}}
.st-key-noticed > * {{padding: 0.3rem 0.2rem}}
.st-key-noticed > * + * {{border-top: 1px solid rgba(128, 140, 152, 0.2)}}
.st-key-noticed [data-testid="stButton"] {{flex: none}}
.st-key-noticed [class*="st-key-noticed-"] > :first-child {{min-width: 0}}
[data-testid="stColumn"]:has(.st-key-side) > div {{position: sticky; top: 0.5rem; max-height: calc(100vh - 1rem); overflow-y: auto}}
.st-key-column-panel {{padding: 0.8rem 0.9rem; gap: 0.6rem}}
.st-key-column-panel table {{width: 100%; font-size: 0.86rem}}
.st-key-column-panel :is(td, th) {{padding: 0.15rem 0.35rem; border-left: none; border-right: none; overflow-wrap: anywhere}}
:is(.st-key-column-panel, .st-key-row-story) thead {{display: none}}
.st-key-column-panel td:nth-child(3) {{min-width: 72px}}
.st-key-column-panel img {{max-width: 100%}}
[class*="st-key-fixedhead-facet-"] [data-testid="stElementToolbar"] {{display: none}}
@media (max-width: 700px) {{
  .st-key-step-list [data-testid="stColumn"]:not(:has([data-testid="stButton"])) {{display: none}}
  .st-key-noticed [class*="st-key-noticed-"] {{flex-wrap: wrap !important}}
  .st-key-noticed [class*="st-key-noticed-"] > :first-child {{flex-basis: 100%}}
  [data-testid="stButtonGroup"] [role="radiogroup"], .st-key-views [data-testid="stButtonGroup"] > div {{
    flex-wrap: wrap; overflow: visible; max-width: 100%; row-gap: 0.25rem}}
  [class*="st-key-wide-"] > * {{flex: 1 1 100% !important; min-width: 100%}}
  .st-key-views > [data-testid="stElementContainer"]:has([data-testid="stSelectbox"]) {{flex: 1 1 100%; width: 100% !important}}
  [data-testid="stColumn"]:has(.st-key-column-panel) {{order: -1}}
  [data-testid="stColumn"]:has(.st-key-side) > div {{position: static; max-height: none}}}}
[data-testid="stLayoutWrapper"]:has(> .st-key-undo-bar-place) {{
  position: fixed; top: 0.55rem; right: 6rem; width: auto; max-width: min(46rem, calc(100vw - 42rem)); z-index: 1000}}
[data-testid="stLayoutWrapper"]:has(> :is(.st-key-notice:empty, .st-key-focus)) {{display: none}}
.st-key-undo-bar {{padding: 0.25rem 0.4rem; border-radius: 0.5rem; background: SURFACE; box-shadow: 0 4px 16px rgba(15, 23, 42, 0.25);
  border: 1px solid {ACCENT}}}
.st-key-undo-bar [data-testid="stAlertContainer"] {{padding: 0.1rem 0.5rem; background: none; min-height: 0; overflow-wrap: anywhere}}
.st-key-undo-bar [data-testid="stButton"] button {{min-height: 1.9rem}}
@media (max-width: 1000px) {{
  [data-testid="stLayoutWrapper"]:has(> .st-key-undo-bar-place) {{
    top: auto; bottom: 0.75rem; left: 0.75rem; right: 0.75rem; max-width: none}}}}
[class*="st-key-recent-"], [class*="st-key-offer-"] {{padding: 0.5rem 1rem}}
.st-key-saved :is(button:hover, button:focus-visible, button[aria-expanded="true"]),
button[data-testid="stBaseButton-tertiary"]:is(:hover, :focus-visible) {{color: CHOSEN !important}}
[data-testid="stCaptionContainer"] {{color: QUIET !important; opacity: 1}}
[class*="st-key-choose-"] :is(button, button > div) {{justify-content: flex-start}}
</style>"""


def draw() -> None:
    """Put the style on the page."""
    dark = st.context.theme.type == "dark"
    chosen, quiet, surface = ("#7ff0dd", "#a3afba", "#17222b") if dark else ("#0b5f59", "#5a6570", "#ffffff")
    st.html(CSS.replace("CHOSEN", chosen).replace("QUIET", quiet).replace("SURFACE", surface))
