"""What is wrong with a database's address: this slot chooses by its scheme."""

from typing import Final

from keywright.shared.database_urls import is_mongodb

__all__ = ["database_problem"]

SQL: Final = frozenset({"sqlite", "postgresql", "mysql", "mariadb"})


def database_problem(url: str) -> str | None:
    """Return what is expected instead of *url*; None if a client can be made of it.

    Nothing is connected, and no part of *url* repeated but its scheme.
    """
    if is_mongodb(url):
        from keywright.shared.database_address_mongo import database_problem as chosen
    elif url.partition(":")[0].partition("+")[0] in SQL:
        from keywright.shared.database_address_sql import database_problem as chosen
    else:
        return "sqlite:///path, or postgresql://, mysql:// or mongodb:// with a host"
    return chosen(url)
