import pytest

from keywright.emit.lock import Entry, Lock, lock_text, read_lock
from keywright.emit.refusals import ProjectUnreadable

ENTRY = Entry("1.0", {"layout": "mvc"}, {"shop/main.py": "sha256:1"})
LOCK = Lock({"blueprint/one": ENTRY})


def test_a_lock_reads_as_it_was_written() -> None:
    assert read_lock(lock_text(LOCK)) == LOCK


def test_an_empty_lock_reads_as_it_was_written() -> None:
    assert read_lock(lock_text(Lock())) == Lock()


def test_without_a_file_there_is_an_empty_lock() -> None:
    assert read_lock(None) == Lock()


def test_the_digest_of_a_shared_file_is_the_newest() -> None:
    newer = Entry("1.1", {}, {"shop/main.py": "sha256:2"})
    lock = LOCK.with_entry("blueprint/two", newer)
    assert lock.items["blueprint/one"].files == {"shop/main.py": "sha256:2"}


def test_an_item_added_again_replaces_its_entry() -> None:
    newer = Entry("1.1", {}, {})
    assert LOCK.with_entry("blueprint/one", newer) == Lock({"blueprint/one": newer})


@pytest.mark.parametrize(
    "text", ["", "lock = 2\n[items]\n", "lock = 1\nitems = 3\n", "["]
)
def test_another_file_is_refused(text: str) -> None:
    with pytest.raises(ProjectUnreadable, match=r"keywright\.lock"):
        read_lock(text)
