"""Similar rows, pair by pair: the same, different or not sure, below the form of "Find similar rows"."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import streamlit as st

from pipeline.similar import MOST, Answer, Pair, cut, decisions
from pipeline.view import seen, texts
from steps.arrow import arrow, flags
from steps.conditions import Condition, evaluate, fit_condition
from steps.fuzzy_duplicates import Decision, FuzzyDuplicates
from steps.named_rows import NamedRows
from ui import state
from ui.fields import Json
from ui.form import FormResult
from ui.waiting import failed, wait_for
from ui.words import count
from workspace import Job
from workspace.work import Failure

PAGE = 15  # pairs on a page
MOST_COLUMNS = 30
LONGEST = 60  # characters of a value in a cell
ROW = 31  # pixels of a line of the grid
SAID: dict[str, Answer] = {"Same": "same", "Different": "different"}
NOT_SURE = "Not sure"
HIGHEST = 0.99  # nothing is told as fully certain
LOOKING = "Looking for similar rows"
APART = "  ≠  "


@dataclass
class Review:
    """The pairs of one way of looking, and what was answered."""

    asked: str  # columns, table and rows that they were found with
    certain: dict[Pair, float]  # how certain each pair is, the most certain first
    answers: dict[Pair, Answer]
    chosen: dict[Pair, Decision]  # of a step opened again: what was said of a pair, with the row that was to stay
    elsewhere: tuple[Decision, ...]  # about rows that are not in this table: kept as they are
    page: int = 1
    serial: int = 0  # raised when the grid is to be mounted anew
    mounted: list[Pair] = field(default_factory=list)
    base: dict[Pair, Answer] = field(default_factory=dict)


def draw(made: FormResult, table: pd.DataFrame, table_key: str, where: Condition | None, key: str) -> FormResult:
    """The pairs to decide on; the parameters with what was decided. ``table_key`` names the content of the table before the step."""
    if made.params is None:
        return made
    step = FuzzyDuplicates.model_validate({**made.params, "decisions": [], "file": None})
    if not all(n in table.columns for n in (*(step.columns.names or ()), *step.keys)):
        return made  # what is wrong with the columns, the preview says
    day = date.today()
    said = (where.model_dump_json(), day.isoformat()) if where else ()
    part = table
    if where:
        part = state.work().remember(("similar-part", table_key, *said), lambda: matching(table, where, day))
    review = _review(step, made.params, part, (table_key, *said), key)
    if not isinstance(review, Review):
        return FormResult(made.params, []) if not review else FormResult(None, [review])
    with st.container(key=f"wide-{key}-similar", gap="small"):
        _panel(review, part, key)
    inside = part.index.isin([row for pair in review.answers for row in pair])
    rows = set(part.index[inside].tolist())
    there = {pair: answer for pair, answer in review.answers.items() if rows.issuperset(pair)}
    if outside := len(review.answers) - len(there):
        st.caption(f":material/info: {count(outside, 'answer')} about rows outside the condition will not be kept.")
    kept = [*_decided(there, review, part, step.keys), *review.elsewhere]
    if not kept and step.new_pairs != "merge":
        return FormResult(None, ["Answer for the pairs that are the same."] if review.certain else ["No similar rows were found."])
    file = None if step.keys else state.source().digest
    return FormResult({**made.params, "decisions": [d.model_dump(mode="json", exclude_defaults=True) for d in kept], "file": file}, [])


def matching(table: pd.DataFrame, where: Condition, day: date) -> pd.DataFrame:
    """The rows that the step is for."""
    return table[flags(evaluate(where, table, fit_condition(where, table), day))]


def _decided(answers: dict[Pair, Answer], review: Review, part: pd.DataFrame, keys: Sequence[str]) -> list[Decision]:
    """The answers as the step keeps them; where one was given before, the row that was to stay still is."""
    made = decisions(answers, part, keys)
    before = [review.chosen.get(pair) for pair in answers]
    return [d if b is None or b.same != d.same else d.model_copy(update={"keep": b.keep}) for d, b in zip(made, before, strict=True)]


def _review(step: FuzzyDuplicates, params: dict[str, Json], part: pd.DataFrame, content: tuple[str, ...], key: str) -> Review | str:
    """The pairs, found again where the columns or the rows are others; what was answered stays so."""
    slot = f"wb_similar-{key}"
    asked = state.digest_of(repr((content, step.columns)))
    held: Review | None = st.session_state.get(slot)
    if held is not None and held.asked == asked:
        return held
    found = state.work().similar(part, (*content, step.columns.model_dump_json()), step.columns)
    if isinstance(found, Failure):
        failed(found, LOOKING)
        return "Similar rows could not be looked for."
    if isinstance(found, Job):
        wait_for(found, LOOKING)
        return "Similar rows are being looked for."
    certain = dict(zip(found.pairs, found.certainty.tolist(), strict=True))
    if held is None:
        chosen, elsewhere = _reopened(FuzzyDuplicates.model_validate(params), part)
        answers: dict[Pair, Answer] = {pair: "same" if d.same else "different" for pair, d in chosen.items()}
        made = Review(asked, certain, answers, chosen, elsewhere)
    else:
        made = Review(asked, certain, held.answers, held.chosen, held.elsewhere, serial=held.serial + 1)
    st.session_state[slot] = made
    return made


def _reopened(step: FuzzyDuplicates, part: pd.DataFrame) -> tuple[dict[Pair, Decision], tuple[Decision, ...]]:
    """What a step that is opened again has decided of the pairs of this table, and of rows that are not in it."""
    rows = NamedRows(part, step.keys, (k for d in step.decisions for k in d.keys or ()))
    numbers = part.index.to_numpy()
    made: dict[Pair, Decision] = {}
    elsewhere: list[Decision] = []
    for decision in step.decisions:
        named = zip(decision.rows or (None, None), decision.keys or ((), ()), strict=True)
        one, other = (rows.find(row, key).at for row, key in named)
        if one is None or other is None:
            elsewhere.append(decision)
        else:
            made[(int(numbers[one]), int(numbers[other]))] = decision
    return made, tuple(elsewhere)


def _panel(review: Review, part: pd.DataFrame, key: str) -> None:
    """How many pairs there are and were answered, what the answers tell, and the pairs of a page."""
    pairs = list(review.certain)
    if not pairs:
        st.info("No similar rows were found with these columns.", icon=":material/check_circle:")
        st.caption("Rows are similar if most of what tells them apart agrees. Choose fewer columns: those that name the thing.")
        return
    same = sum(answer == "same" for answer in review.answers.values())
    open_ = [pair for pair in pairs if pair not in review.answers]
    with st.container(horizontal=True, vertical_alignment="center", key=f"{key}-similar-head"):
        st.markdown(
            f"**{count(len(pairs), 'pair')}** of similar rows: {same:,} the same, {len(review.answers) - same:,} different, "
            f"**{len(open_):,} open**.", width="content",
        )  # fmt: skip
        told = cut(review.certain, review.answers)
        from_ = told if told is not None else 0.95
        sure = [p for p in open_ if review.certain[p] >= from_]
        st.button(
            f"The {len(sure):,} {_at_least(from_)} certain are the same" if sure else f"All {_at_least(from_)} certain are answered",
            key=f"{key}-similar-sure", icon=":material/done_all:", disabled=not sure, on_click=_answer_all, args=(review, sure),
            help="As your answers tell: from this certainty on they were the same." if told is not None else
            "Answer some pairs, the same and different ones, and it is seen from your answers from where on pairs are the same.",
        )  # fmt: skip
        st.button(
            "Clear answers", key=f"{key}-similar-clear", type="tertiary", disabled=not review.answers, on_click=_clear, args=(review,)
        )
    if len(pairs) == MOST:
        st.caption(f":material/info: Only the {MOST:,} most certain pairs are listed.")
    pages = -(-len(pairs) // PAGE)
    review.page = min(review.page, pages)
    shown = pairs[(review.page - 1) * PAGE : review.page * PAGE]
    _grid(review, shown, part, key)
    if pages > 1:
        with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
            first = (review.page - 1) * PAGE + 1
            st.caption(f"{first:,} to {first + len(shown) - 1:,} of {count(len(pairs), 'pair')}, the most certain first.", width="content")
            page_key = f"{key}-similar-page-{pages}-{review.page}"
            st.pagination(pages, default=review.page, key=page_key, on_change=_turn, args=(review, page_key))
    st.caption(f"Each line is a pair of rows; where they differ both values are shown, with{APART}between. Open pairs are not merged.")


def _grid(review: Review, shown: list[Pair], part: pd.DataFrame, key: str) -> None:
    """A page of pairs; what is answered goes into the review at once."""
    if shown != review.mounted:
        review.mounted, review.serial, review.base = shown, review.serial + 1, dict(review.answers)
    widget = f"{key}-pairs-{review.serial}"
    if widget not in st.session_state:  # it was out of sight
        review.base = dict(review.answers)
    names = {answer: word for word, answer in SAID.items()}
    rows = pd.DataFrame(
        {
            "answer": pd.Series([names.get(review.base.get(p, ""), NOT_SURE) for p in shown], dtype=object),  # type: ignore[call-overload]
            "certain": pd.Series([_percent(review.certain[p]) for p in shown], dtype=object),
            "rows": pd.Series([f"{a:,} · {b:,}" for a, b in shown], dtype=object),
            **_side_by_side(shown, part),
        }
    )
    config: dict[str, Any] = {
        "answer": st.column_config.SelectboxColumn("Are they the same?", options=[*SAID, NOT_SURE], required=True, width=130, pinned=True),
        "certain": st.column_config.TextColumn("Certain", width=70, alignment="right"),
        "rows": st.column_config.TextColumn("Rows", width=100),
    }  # fmt: skip
    values = [c for c in rows.columns if c not in config]
    config |= {c: st.column_config.TextColumn(seen(part.columns[int(c)]), width=190) for c in values}
    with st.container(key=f"fixedhead-{widget}"):
        st.data_editor(
            rows, key=widget, alt="Pairs of similar rows", num_rows="fixed", hide_index=True, disabled=["certain", "rows", *values],
            column_config=config, height=(len(rows) + 1) * ROW + 3, on_change=_edited, args=(review, widget),
        )  # fmt: skip


def _side_by_side(shown: list[Pair], part: pd.DataFrame) -> dict[str, pd.Series]:
    """For each column what both rows hold, those that differ first; the position of the column is its name in the grid."""
    place = pd.Series(np.arange(len(part)), index=part.index)
    at = [place.loc[[pair[i] for pair in shown]].to_numpy() for i in (0, 1)]
    made: dict[str, pd.Series] = {}
    differing = []
    for position, name in enumerate(part.columns):
        here, there = (texts(arrow(part[name]).take(pa.array(a))).to_pylist() for a in at)
        cells = [_both(x, y) for x, y in zip(here, there, strict=True)]
        made[str(position)] = pd.Series(cells, dtype=object)
        differing.append(sum(APART in cell for cell in cells))
    order = sorted(range(len(differing)), key=lambda p: differing[p] == 0)[:MOST_COLUMNS]
    return {str(p): made[str(p)] for p in order}


def _both(one: str | None, other: str | None) -> str:
    shown = ["missing" if v is None else seen(v) for v in (one, other)]
    cut_ = [v if len(v) <= LONGEST else v[: LONGEST - 1] + "…" for v in shown]
    return cut_[0] if shown[0] == shown[1] else APART.join(cut_)


def _edited(review: Review, widget: str) -> None:
    """Take over what was answered in the grid, all of it anew from the answers as they were mounted."""
    for at, cells in st.session_state[widget]["edited_rows"].items():
        if 0 <= int(at) < len(review.mounted):
            pair, answer = review.mounted[int(at)], SAID.get(cells.get("answer"))
            if answer is None:
                review.answers.pop(pair, None)
            else:
                review.answers[pair] = answer


def _percent(certainty: float) -> str:
    return ">99%" if certainty > HIGHEST else f"{certainty:.0%}"


def _at_least(certainty: float) -> str:
    return "more than 99%" if certainty > HIGHEST else f"at least {certainty:.0%}"


def _answer_all(review: Review, pairs: list[Pair]) -> None:
    review.answers.update(dict.fromkeys(pairs, "same"))
    review.mounted = []


def _clear(review: Review) -> None:
    review.answers.clear()
    review.mounted = []


def _turn(review: Review, widget: str) -> None:
    review.page = st.session_state[widget]
