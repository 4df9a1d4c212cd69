"""The front end of a host application, and a page of somebody else."""

from tests.providers.server import Answer

PAGE = """<!doctype html>
<title>Front end</title>
<a id="certified" href="@SERVICE@/api/auth/certified?returnTo=/welcome">Continue</a>
<a id="rotating" href="@SERVICE@/api/auth/rotating?returnTo=/welcome">Continue</a>
<a id="refusing" href="@SERVICE@/api/auth/refusing?returnTo=/welcome">Continue</a>
<a id="apple" href="@SERVICE@/api/auth/apple?returnTo=/welcome">Continue</a>
<p id="error"></p>
<p id="user"></p>
<script>
  async function call(method, path, body) {
    const answer = await fetch("@SERVICE@" + path, {
      method,
      credentials: "include",
      headers: body ? { "Content-Type": "application/json" } : {},
      body: body && JSON.stringify(body),
    });
    return { status: answer.status, ...(await answer.json()) };
  }
  const error = new URLSearchParams(location.search).get("error");
  document.getElementById("error").textContent = error;
  call("GET", "/api/v1/auth/profile").then(({ data, code }) => {
    document.getElementById("user").textContent = JSON.stringify(data?.user ?? code);
  });
</script>
"""
FORM = """<!doctype html>
<title>A prize</title>
<form method="post" action="@ACTION@"><button>Take it</button></form>
"""


def front_end(service: str) -> Answer:
    """Return the page that begins sign-ins at *service* and shows what came of it."""
    return _page(PAGE.replace("@SERVICE@", service))


def forged_form(action: str) -> Answer:
    """Return a page whose one button posts to *action*."""
    return _page(FORM.replace("@ACTION@", action))


def _page(text: str) -> Answer:
    return Answer(content=text.encode(), kind="text/html; charset=utf-8")
