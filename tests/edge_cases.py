"""One table of addresses and names at the edge, and the verdict on each, everywhere.

`{n}` stands for twelve letters or digits that no other test uses.
"""

EMAILS: dict[str, str | None] = {
    "edge{n}@mail.example": "edge{n}@mail.example",
    "EDGE{n}@mail.example": "edge{n}@mail.example",
    "Edge{n}@MAIL.Example": "edge{n}@mail.example",
    "edge{n}+tag@mail.example": "edge{n}+tag@mail.example",
    "ed.ge{n}@mail.example": "ed.ge{n}@mail.example",
    "edge_{n}@mail.example": "edge_{n}@mail.example",
    "edge%{n}@mail.example": "edge%{n}@mail.example",
    "edge{n}" + "l" * 48 + "@mail.example": "edge{n}" + "l" * 48 + "@mail.example",
    "edge{n}@b\u00fccher.example": "edge{n}@xn--bcher-kva.example",
    "edge{n}@bu\u0308cher.example": "edge{n}@xn--bcher-kva.example",
    "edge{n}@B\u00dcCHER.example": "edge{n}@xn--bcher-kva.example",
    "edge{n}@xn--bcher-kva.example": "edge{n}@xn--bcher-kva.example",
    "edge{n}@mail.example ": None,
    " edge{n}@mail.example": None,
    "edge{n}@mail.example\u00a0": None,
    "edge{n}@mail.example\u200b": None,
    "\u00e9dge{n}@mail.example": None,
    "e\u0301dge{n}@mail.example": None,
    "edge{n}\U0001f98a@mail.example": None,
    "edg\u0435{n}@mail.example": None,
    "m\u0131ke{n}@mail.example": None,
    "M\u0130KE{n}@mail.example": None,
    "edge{n}\uff20mail.example": None,
    "\uff45dge{n}@mail.example": None,
    "edge{n}" + "l" * 49 + "@mail.example": None,
    "edge{n}@" + "d" * 64 + ".example": None,
    "edge{n}@" + "d" * 60 + "." + "d" * 60 + ".example": None,
}
"""What is typed, and the address it is kept as; None where it is refused."""

NAMES: dict[str, str | None] = {
    "Ada Lovelace": "Ada Lovelace",
    "ada lovelace": "ada lovelace",
    "Ada Lovelace ": "Ada Lovelace",
    " \t": None,
    "Zo\u00eb": "Zo\u00eb",
    "Zoe\u0308": "Zo\u00eb",
    "Ada \U0001f98a": "Ada \U0001f98a",
    "\U0001f469\u200d\U0001f4bb Ada": "\U0001f469\u200d\U0001f4bb Ada",
    "\u674e\u5c0f\u9f99": "\u674e\u5c0f\u9f99",
    "\u0130nci \u0131\u015f\u0131k": "\u0130nci \u0131\u015f\u0131k",
    "O'Brien \\ \u201e%_\u201d": "O'Brien \\ \u201e%_\u201d",
    "\U0001f98a" * 50: "\U0001f98a" * 50,
    "\U0001f98a" * 51: None,
    "\u674e\u9f99": None,
    "Ada\u2028Lovelace": None,
    "Ada\x00Lovelace": None,
}
"""What is typed, and the name that is kept; None where it is refused."""
