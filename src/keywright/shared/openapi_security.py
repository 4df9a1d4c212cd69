"""What the OpenAPI document says of signing in: which operations need it, and how."""

from fastapi import FastAPI

from keywright.shared.errors import NotSignedIn

BEARER = {"type": "http", "scheme": "bearer"}


def tell_of_sign_in(app: FastAPI, *, cookie: str | None, bearer: bool) -> None:
    """Let the document of *app* name the *cookie*, or the bearer token, that signs in.

    It is asked for by every operation that documents the refusal of strangers. In
    production the cookie's name begins with `__Host-`.
    """
    describe = app.openapi
    schemes: dict[str, object] = {}
    if bearer:
        schemes["bearer"] = BEARER
    if cookie:
        schemes["cookie"] = {"type": "apiKey", "in": "cookie", "name": cookie}

    def described() -> dict[str, object]:
        if app.openapi_schema is None:
            document = describe()
            document.setdefault("components", {})["securitySchemes"] = schemes
            for operations in document["paths"].values():
                for operation in operations.values():
                    refused = operation["responses"].get("401", {})
                    if NotSignedIn.code in refused.get("description", ""):
                        operation["security"] = [{name: []} for name in schemes]
        return describe()

    app.openapi = described  # type: ignore[method-assign]  # as FastAPI documents it
