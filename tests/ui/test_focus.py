"""Where the keyboard goes next: a key that comes from a file, such as a step's id, stays text."""

from streamlit.testing.v1 import AppTest


def page() -> None:
    from ui import focus

    focus.on('form-"><script>alert(1)</script>', gap=True)
    focus.draw()


def test_a_key_cannot_leave_its_place() -> None:
    at = AppTest.from_function(page).run()
    assert [e.message for e in at.exception] == []
    (drawn,) = at.get("html")
    assert 'data-focus-on="form-&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in drawn.proto.body
    assert drawn.proto.body.count("<script") == 1
