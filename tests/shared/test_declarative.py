from keywright.shared.declarative import Base as ProjectBase
from keywright.shared.tables import Base


def test_our_tables_are_declared_where_the_project_declares_its_own() -> None:
    assert Base.metadata is ProjectBase.metadata
