"""The API reference as one page of HTML, made from the OpenAPI document.

Nothing on it runs and nothing is fetched: the styles are in the page and named by their hash, so
that the strictest policy serves it, with or without a network.
"""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from importlib.resources import files
from typing import Any

from firmhold.domain.errors import Code
from firmhold.doors.operations.calls import Called, call, method_badge, operations
from firmhold.doors.operations.markup import (
    Html,
    anchor,
    code,
    element,
    link_to,
    paragraphs,
    prose,
)
from firmhold.doors.operations.refusals import problems
from firmhold.doors.operations.schemas import Schemas, shape_id
from firmhold.doors.operations.tables import fields

STYLE = files(__package__).joinpath("reference.css").read_text("utf-8")
assert "<" not in STYLE, "a style element ends at the first closing tag"

_ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="7" fill="#1f4fd8"/>'
    '<path d="M11 25V7h12v4h-7v4h6v4h-6v6z" fill="#fff"/></svg>'
)

_POLICY = (
    "default-src 'none'; "
    f"style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

_NOTHING_OF_THE_DEVICE = b"camera=(), geolocation=(), microphone=(), payment=(), usb=()"

PAGE_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", _POLICY.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", _NOTHING_OF_THE_DEVICE),
    (b"cache-control", b"no-cache"),
)
"""What the page is served with, beyond what every answer is."""

_CALLING = """\
In the examples, `$ADDRESS` is where you read this page, up to its `/docs`, and `$TOKEN` is a \
bearer token: `firmhold user token` prints one, and `firmhold demo` makes some at its start. Ids \
that an earlier answer gave you are variables too, such as `$RESERVATION`.

Each example makes a new idempotency key. When an answer got lost and you repeat the request, send \
the key of the first attempt.

All times are RFC 3339 in UTC, all amounts of money are in the currency's minor unit, and \
`server_time` is the clock that decides when a hold ends."""


def reference(specification: dict[str, Any]) -> str:
    """The page."""
    info = specification["info"]
    title = f"{info['title']} {info['version']} \N{MIDDLE DOT} API reference"
    schemas = Schemas(specification)
    groups = _by_tag(specification)
    shapes = _shapes(specification, schemas)
    page = element(
        "html",
        element(
            "head",
            element("meta", charset="utf-8"),
            element("meta", name="viewport", content="width=device-width, initial-scale=1"),
            element("meta", name="color-scheme", content="light dark"),
            element("title", title),
            element("link", rel="icon", href=_icon()),
            element("style", Html(STYLE)),
        ),
        element(
            "body",
            element("a", "Skip to the content", href="#content", class_="skip"),
            _bar(info),
            element(
                "div",
                # The same links twice, of which one set is shown: without a script, nothing else
                # is closed on a phone and open on a desk.
                element("nav", *_contents(groups, shapes, schemas), aria_label="Contents"),
                element(
                    "details",
                    element("summary", "Contents"),
                    element("nav", *_contents(groups, shapes, schemas), aria_label="Contents"),
                    id="contents",
                ),
                element(
                    "main",
                    _overview(info),
                    *(_group(*group, schemas) for group in groups),
                    problems({op.id: (op.name, op.refusals) for op in operations(specification)}),
                    _shapes_section(shapes, schemas),
                    id="content",
                ),
                class_="frame",
            ),
            element("a", "Contents", href="#contents", class_="back"),
        ),
        lang="en",
    )
    return f"<!doctype html>\n{page}\n"


def _icon() -> str:
    return f"data:image/svg+xml;base64,{b64encode(_ICON.encode()).decode()}"


Group = tuple[str, str, list[Called]]
"""A tag, what it is about, and its operations."""


def _by_tag(specification: dict[str, Any]) -> list[Group]:
    about = {tag["name"]: tag.get("description", "") for tag in specification.get("tags", ())}
    found: dict[str, list[Called]] = {name: [] for name in about}
    for called in operations(specification):
        found.setdefault((called.about.get("tags") or ["other"])[0], []).append(called)
    return [(name, about.get(name, ""), calls) for name, calls in found.items() if calls]


def _shapes(specification: dict[str, Any], schemas: Schemas) -> list[str]:
    """Shapes that some call sends or receives, by name."""
    used = schemas.reachable(
        shape for called in operations(specification) for shape in called.shapes()
    )
    return sorted(used, key=lambda name: (schemas.label(name).lower(), name))


def _bar(info: dict[str, Any]) -> Html:
    return element(
        "header",
        element(
            "p",
            element("strong", info["title"]),
            " ",
            element("span", "API reference", class_="what"),
            " ",
            element("span", info["version"], class_="version"),
            class_="brand",
        ),
        element("a", "openapi.json", href="openapi.json", class_="document"),
        class_="bar",
    )


def _contents(groups: list[Group], shapes: list[str], schemas: Schemas) -> Iterator[Html]:
    yield _links([link_to("overview", "Overview")])
    for name, _, calls in groups:
        yield element("p", link_to(_group_id(name), _title(name)), class_="group")
        yield _links(
            [link_to(op.id, method_badge(op.method), " ", element("span", op.name)) for op in calls]
        )
    yield element("p", link_to("problems", "Problems"), class_="group")
    yield _folded(f"{len(Code)} codes", [link_to(problem.value, code(problem)) for problem in Code])
    yield element("p", link_to("shapes", "Shapes"), class_="group")
    yield _folded(
        f"{len(shapes)} shapes",
        [link_to(shape_id(name), code(schemas.label(name))) for name in shapes],
    )


def _links(links: list[Html]) -> Html:
    return element("ul", *(element("li", link) for link in links))


def _folded(summary: str, links: list[Html]) -> Html:
    return element("details", element("summary", summary), _links(links))


def _overview(info: dict[str, Any]) -> Html:
    return element(
        "section",
        element("h1", f"{info['title']} API"),
        paragraphs(info.get("description", ""), "lead"),
        element("h2", "Making a call"),
        paragraphs(_CALLING),
        element(
            "p",
            "For programs and code generators, the same as an OpenAPI document: ",
            element("a", code("/openapi.json"), href="openapi.json"),
            ".",
        ),
        id="overview",
    )


def _group(name: str, about: str, calls: list[Called], schemas: Schemas) -> Html:
    return element(
        "section",
        element("h2", _title(name)),
        element("p", prose(about), class_="lead") if about else Html(),
        *(call(called, schemas) for called in calls),
        id=_group_id(name),
    )


def _shapes_section(names: list[str], schemas: Schemas) -> Html:
    return element(
        "section",
        element("h2", "Shapes"),
        element("p", "What bodies and answers consist of.", class_="lead"),
        *(_shape(name, schemas) for name in names),
        id="shapes",
    )


def _shape(name: str, schemas: Schemas) -> Html:
    schema, label = schemas[name], schemas.label(name)
    return element(
        "article",
        element("h3", element("code", link_to(shape_id(name), label))),
        paragraphs(schema.get("description", "")),
        fields(schemas, schema, f"Fields of {label}", nested=False),
        id=shape_id(name),
        class_="shape-entry",
    )


def _group_id(name: str) -> str:
    return anchor(f"tag-{name}")


def _title(name: str) -> str:
    return name[:1].upper() + name[1:]
