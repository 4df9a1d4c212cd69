"""The followed list: bad documents change nothing."""

import pytest
from httpx2 import Request, Response

from keywright.shared.secrets import new_id
from keywright.verify import SessionOver
from keywright.verify.verifier import ENDED_BYTES, ENDED_SESSIONS
from tests.instants import MINUTE
from tests.verify.issuer import Issuer

BAD = [
    Response(503),
    Response(301, headers={"location": "https://elsewhere.example/"}),
    Response(200, content=b""),
    Response(200, json=[]),
    Response(200, json={"sessions": []}),
    Response(200, json={"users": {}}),
    Response(200, json={"sessions": {}, "users": {}}),
    Response(200, json={"sessions": [1], "users": {}}),
    Response(200, json={"sessions": [], "users": {"u": "1"}}),
    Response(200, content=b" " * (ENDED_BYTES + 1)),
]


@pytest.mark.parametrize("bad", BAD)
async def test_a_bad_document_leaves_the_last_good_list(bad: Response) -> None:
    issuer, session_id = Issuer(), new_id()
    issuer.end(session_id)
    async with issuer.opened() as verifier:
        assert verifier._ended is not None
        issuer.answers[ENDED_SESSIONS] = lambda request: Response(
            bad.status_code, headers=bad.headers, content=bad.content
        )
        issuer.now += MINUTE
        await verifier._ended.poll()

        assert verifier.stale_for == MINUTE
        with pytest.raises(SessionOver):
            await verifier.check(issuer.token(session_id=session_id))


async def test_members_that_are_not_known_yet_are_no_reason_to_refuse() -> None:
    issuer = Issuer()
    document = {"sessions": [], "users": {}, "later": 1}
    issuer.answers[ENDED_SESSIONS] = lambda request: Response(200, json=document)
    async with issuer.opened() as verifier:
        await verifier.check(issuer.token())


async def test_the_list_is_asked_for_by_its_tag() -> None:
    issuer = Issuer()
    tags: list[str | None] = []
    async with issuer.opened() as verifier:
        assert verifier._ended is not None

        def noting(request: Request) -> Response:
            tags.append(request.headers.get("if-none-match"))
            return Response(503)

        issuer.answers[ENDED_SESSIONS] = noting
        await verifier._ended.poll()

    assert tags == [verifier._ended._tag]
    assert tags[0] is not None
