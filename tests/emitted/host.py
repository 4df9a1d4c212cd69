"""A small application that is there already, with tables of its own and without."""

from collections.abc import Mapping

WITHOUT_TABLES: Mapping[str, str] = {
    "pyproject.toml": """\
        [build-system]
        requires = ["hatchling"]
        build-backend = "hatchling.build"

        [project]
        name = "shop"  # the name
        version = "0.1.0"
        dependencies = ["fastapi"]
        """,
    "shop/__init__.py": "",
    "shop/main.py": """\
        from fastapi import FastAPI

        app = FastAPI()


        @app.get("/items")
        def items() -> list[str]:
            return ["tea"]
        """,
}
HOST: Mapping[str, str] = {
    **WITHOUT_TABLES,
    "shop/db.py": """\
        from sqlalchemy.orm import DeclarativeBase


        class Base(DeclarativeBase): ...
        """,
    "shop/orders.py": """\
        from sqlalchemy.orm import Mapped, mapped_column

        from shop.db import Base


        class Order(Base):
            __tablename__ = "orders"

            id: Mapped[int] = mapped_column(primary_key=True)
        """,
}
