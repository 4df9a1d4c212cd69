"""HTML for mails: one frame, every value escaped."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment

_ENVIRONMENT = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
_FRAME = _ENVIRONMENT.from_string("""\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{{ title }}</title></head>
<body style="margin:0;padding:24px;background:#f4f4f5;\
font-family:system-ui,sans-serif;color:#18181b">
<div style="max-width:480px;margin:0 auto;padding:32px;background:#fff;\
border-radius:8px">
<h1 style="margin:0 0 16px;font-size:20px">{{ title }}</h1>
{% for block in blocks %}
{% if block.kind == "code" %}
<p style="margin:24px 0;font-size:32px;letter-spacing:8px;\
font-family:ui-monospace,monospace"><strong>{{ block.text }}</strong></p>
{% elif block.kind == "link" %}
<p style="margin:24px 0"><a href="{{ block.url }}" style="padding:12px 20px;\
background:#18181b;color:#fff;text-decoration:none;border-radius:6px">\
{{ block.text }}</a></p>
<p style="font-size:13px;color:#71717a;word-break:break-all">{{ block.url }}</p>
{% else %}
<p style="margin:0 0 16px;line-height:1.5">{{ block.text }}</p>
{% endif %}
{% endfor %}
</div>
</body>
</html>
""")


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a mail: a paragraph, a code in large type, or a link."""

    text: str
    kind: str = "paragraph"
    url: str = ""


def code_block(code: str) -> Block:
    """Return *code* in large type."""
    return Block(code, "code")


def link_block(text: str, url: str) -> Block:
    """Return a button that leads to *url*, with the address written below it."""
    return Block(text, "link", url)


def as_html(title: str, blocks: Sequence[Block]) -> str:
    """Return a page of *blocks* under *title*, everything escaped."""
    return _FRAME.render(title=title, blocks=blocks)


def as_text(blocks: Sequence[Block]) -> str:
    """Return *blocks* as plain text, a paragraph each."""
    return "\n\n".join(
        f"{block.text}:\n{block.url}" if block.url else block.text for block in blocks
    )
