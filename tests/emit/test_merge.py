"""What becomes of a file, by what was written, what would be, and what is there."""

import pytest

from keywright.emit.merge import Outcome, Texts, merged, renamed

OLD = "one\ntwo\nthree\nfour\nfive\n"
NEW = OLD.replace("five", "FIVE")
EDITED = OLD.replace("one", "ONE")


@pytest.mark.parametrize(
    ("old", "new", "own", "outcome", "text"),
    [
        (OLD, OLD, OLD, Outcome.SAME, OLD),
        (OLD, NEW, NEW, Outcome.SAME, NEW),
        (OLD, NEW, OLD, Outcome.UPDATED, NEW),
        (OLD, OLD, EDITED, Outcome.KEPT, EDITED),
        (OLD, NEW, EDITED, Outcome.MERGED, EDITED.replace("five", "FIVE")),
        (None, NEW, None, Outcome.NEW, NEW),
        (OLD, NEW, None, Outcome.GONE, None),
        (OLD, None, OLD, Outcome.REMOVED, None),
        (OLD, None, EDITED, Outcome.LEFT, EDITED),
        (OLD, None, None, Outcome.SAME, None),
    ],
)
def test_three_texts_decide(
    old: str | None, new: str | None, own: str | None, outcome: Outcome, text: str
) -> None:
    result = merged(Texts(old, new, own), label="new")
    assert (result.outcome, result.text) == (outcome, text)


@pytest.mark.parametrize("old", [OLD, None])
def test_what_cannot_be_merged_stands_between_marks(old: str | None) -> None:
    own, new = OLD.replace("three", "mine"), OLD.replace("three", "theirs")
    result = merged(Texts(old, new, own), label="version 9")
    assert result.outcome is Outcome.CONFLICT
    assert result.text is not None
    assert {"mine", "theirs", ">>>>>>> version 9"} <= set(result.text.splitlines())


def test_a_file_is_found_again_under_the_name_it_was_given() -> None:
    old = {"a.py": OLD, "same.py": OLD, "gone.py": "other\n"}
    new = {"b.py": NEW, "same.py": OLD, "come.py": "new\n"}
    assert renamed(old, new) == {"a.py": "b.py"}
