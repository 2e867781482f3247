"""What other sites show of a link to us: Open Graph, Twitter, oEmbed discovery."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from tileserver.web.embedding.dress import meta, quoted

CARD: Final = (1200, 630)
"""Pixels of the picture of a card: what Open Graph's readers ask for."""

SITE: Final = "Territoires d’industrie"


@dataclass(frozen=True, slots=True)
class Card:
    """A page as others see it. ``base`` is the server's address, ``path`` and ``query`` the page's."""

    base: str
    path: str
    query: str
    picture_query: str
    title: str
    description: str
    lang: str

    @property
    def url(self) -> str:
        """The address of the page."""
        return f"{self.base}{self.path}" + (f"?{self.query}" if self.query else "")

    @property
    def picture(self) -> str:
        """The address of its picture."""
        width, height = CARD
        query = f"?{self.picture_query}" if self.picture_query else ""
        return f"{self.base}/static/{width}x{height}.png{query}"


def head(card: Card, *, embeddable: bool = True) -> str:
    """Write what a page's head says to other sites."""
    locale = "en_GB" if card.lang == "en" else "fr_FR"
    told = meta(
        [
            ("property", "og:type", "website"),
            ("property", "og:site_name", SITE),
            ("property", "og:title", card.title),
            ("property", "og:description", card.description),
            ("property", "og:url", card.url),
            ("property", "og:locale", locale),
            ("property", "og:image", card.picture),
            ("property", "og:image:type", "image/png"),
            ("property", "og:image:width", str(CARD[0])),
            ("property", "og:image:height", str(CARD[1])),
            ("property", "og:image:alt", card.title),
            ("name", "twitter:card", "summary_large_image"),
            ("name", "twitter:title", card.title),
            ("name", "twitter:description", card.description),
            ("name", "twitter:image", card.picture),
            ("name", "twitter:image:alt", card.title),
        ]
    )
    return f"{told}\n{discovery(card)}" if embeddable else told


def discovery(card: Card) -> str:
    """Write the links by which WordPress and others find the code of a frame (oEmbed 1.0, section 4)."""
    links = []
    for form in ("json", "xml"):
        address = f"{card.base}/oembed?{urlencode({'url': card.url, 'format': form})}"
        media = "application/json+oembed" if form == "json" else "text/xml+oembed"
        links.append(
            f'  <link rel="alternate" type="{media}" href="{quoted(address)}" title="{quoted(card.title)}">'
        )
    return "\n".join(links)
