"""The map page as it is served: the class of its body, what its head says, what it is without scripts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

_LANGUAGE: Final = re.compile(r'<html lang="[a-z]{2}"')
_BODY: Final = re.compile(r"<body[^>]*>")
_TITLE: Final = re.compile(r"<title>.*?</title>", re.DOTALL)
_NO_SCRIPT: Final = re.compile(r"<noscript>.*?</noscript>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Dress:
    """What is put into the page: all of it text or checked markup. None leaves what is there."""

    lang: str
    title: str
    head: str
    body_class: str = ""
    first: str = ""
    fallback: str | None = None


def dressed(page: bytes, dress: Dress) -> bytes:
    """Write the page anew; its files and its application stay what they are."""
    text = page.decode()
    text = _LANGUAGE.sub(f'<html lang="{dress.lang}"', text, count=1)
    text = _TITLE.sub(lambda _: f"<title>{escape(dress.title)}</title>", text, count=1)
    text = text.replace("</head>", f"{dress.head}\n</head>", 1)
    text = text.replace("</main>", f"</main>\n  {dress.first}", 1)
    if dress.body_class:
        text = _BODY.sub(f'<body class="{dress.body_class}">', text, count=1)
    if dress.fallback is not None:
        text = _NO_SCRIPT.sub("", text)
        text = _BODY.sub(lambda found: f"{found[0]}\n<noscript>{dress.fallback}</noscript>", text, count=1)
    return text.encode()


def quoted(text: str) -> str:
    """Write a text so that it can stand between double quotes; apostrophes stay readable."""
    return escape(text, quote=False).replace('"', "&quot;")


def meta(pairs: Sequence[tuple[str, str, str]]) -> str:
    """Write ``meta`` elements: the attribute that names, the name, the content."""
    return "\n".join(
        f'  <meta {attribute}="{name}" content="{quoted(content)}">' for attribute, name, content in pairs
    )
