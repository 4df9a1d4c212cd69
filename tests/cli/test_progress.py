"""What is under way is told now and then."""

from keywright.cli.progress import milestones


def test_a_count_is_told_once_for_each_step_that_it_reaches() -> None:
    is_due = milestones(10)

    counts = [4, 9, 10, 11, 19, 35, 39, 40]
    assert [count for count in counts if is_due("passwords", count)] == [10, 35, 40]


def test_counts_of_two_names_are_apart() -> None:
    is_due = milestones(10)
    assert is_due("passwords", 20)
    assert is_due("tokens", 10)
