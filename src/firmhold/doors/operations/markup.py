"""HTML in which everything is escaped that does not say it is HTML already."""

import re
from html import escape
from urllib.parse import quote

_VOID = frozenset({"br", "link", "meta"})
_INLINE = re.compile(r"`([^`]+)`|\*([^*\n]+)\*")
_UNFIT = re.compile(r"\s+")


class Html(str):
    """Text that is markup already. Everything else is escaped where it enters an element."""

    __slots__ = ()


def join(*children: str) -> Html:
    """Children side by side; those that are not markup become text."""
    return Html("".join(child if isinstance(child, Html) else escape(child) for child in children))


def element(tag: str, *children: str, **attributes: str | None) -> Html:
    """One element. `class_` and `aria_label` mean what they must; `None` leaves one out."""
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"'
        for name, value in attributes.items()
        if value is not None
    )
    if tag in _VOID:
        assert not children
        return Html(f"<{tag}{given}>")
    return Html(f"<{tag}{given}>{join(*children)}</{tag}>")


def code(text: str) -> Html:
    """A word of a program."""
    return element("code", text)


def prose(text: str) -> Html:
    """A sentence in which `backticks` mark code and *stars* mark a name."""
    parts: list[str] = []
    end = 0
    for match in _INLINE.finditer(text):
        parts.append(text[end : match.start()])
        parts.append(code(match[1]) if match[1] is not None else element("em", match[2]))
        end = match.end()
    return join(*parts, text[end:])


def paragraphs(text: str, class_: str | None = None) -> Html:
    """Prose with empty lines between its paragraphs."""
    blocks = (block.strip() for block in text.split("\n\n"))
    return join(*(element("p", prose(block), class_=class_) for block in blocks if block))


def anchor(name: str) -> str:
    """The id of what has this name. An id is any text without white space."""
    return _UNFIT.sub("-", name)


def link_to(id: str, *children: str, class_: str | None = None) -> Html:
    """A link to another place on the page."""
    return element("a", *children, href=f"#{quote(id)}", class_=class_)


def scrolling(table: Html) -> Html:
    """A box in which something wide scrolls, so that the page does not."""
    return element("div", table, class_="scroll")
