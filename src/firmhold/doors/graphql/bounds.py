"""How large a document may be: tokens, depth, aliases, cost. Asked before anything is carried out.

Tokens and nesting are counted as the text is read, without recursion, so that no text can exhaust
the parser. Depth and aliases are counted before the document is validated, which takes time of its
own, and cost after that, because it needs to know every field. What fragments have in them is
counted once for each and remembered: documents of a few lines can spread them exponentially often.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    TokenKind,
    VariableNode,
    get_named_type,
)
from graphql.language import Lexer

from firmhold.domain.errors import Code, Refusal, Refused, malformed, refuse
from firmhold.doors.graphql.shapes import MAX_PAGE

MAX_TOKENS = 500
"""Words and signs. The query for a page has about a hundred, that for the whole schema 200. Reading
and validating the worst of so many takes some 30 ms, in which nobody else is served."""

MAX_NESTING = 40
"""Brackets of any kind within each other: each takes a few calls of the parser's stack."""

MAX_DEPTH = 12
"""Fields within fields. `myBookings { edges { node { lines { slot { venue { openingHours { day` has
eight."""

MAX_ALIASES = 30
"""Other names for fields, by which one request asks for the same many times."""

MAX_COST = 5_000
"""Fields of the answer, those of a page times its entries: what the process works on while nobody
else is served. A page of a hundred bookings with their slots and venues costs about 3,000."""

_OPEN = frozenset({TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L})
_CLOSE = frozenset({TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R})

Selection = FieldNode | FragmentSpreadNode | InlineFragmentNode


def beyond(limit: str, bound: int, asked: int, what: str) -> Refusal:
    """A document that is over a limit, which is named."""
    return refuse(
        Code.MALFORMED_REQUEST,
        f"The document is over the limit of {limit}: at most {bound:,} {what}, not {asked:,}.",
        field="query",
        reason=f"over the limit of {limit}",
        limit=limit,
        bound=bound,
        asked=asked,
    )


def check_text(text: str) -> None:
    """Raises `Refused` for a text with too many tokens, or too deeply nested; `GraphQLSyntaxError`
    for what is no token at all."""
    lexer = Lexer(Source(text))
    tokens = nesting = 0
    while (kind := lexer.advance().kind) is not TokenKind.EOF:
        tokens += 1
        if tokens > MAX_TOKENS:
            # How many more there are is not worth knowing.
            raise Refused(beyond("tokens", MAX_TOKENS, tokens, "tokens"))
        if kind in _OPEN:
            nesting += 1
            if nesting > MAX_NESTING:
                raise Refused(beyond("depth", MAX_NESTING, nesting, "brackets in each other"))
        elif kind in _CLOSE:
            nesting -= 1


def check_shape(document: DocumentNode) -> None:
    """Raises `Refused` for a document that is too deep, has too many aliases, or whose fragments
    spread themselves."""
    fragments = _fragments(document)
    depths: dict[str, int] = {}

    def fragment_depth(name: str, above: tuple[str, ...]) -> int:
        if name in above:
            raise Refused(malformed("query", f"the fragment {name!r} spreads itself"))
        fragment = fragments.get(name)
        if fragment is None:
            return 0  # which is for validation to say
        if name not in depths:
            depths[name] = depth(fragment.selection_set, (*above, name))
        return depths[name]

    def depth(selected: SelectionSetNode | None, above: tuple[str, ...]) -> int:
        deepest = 0
        for selection in _selections(selected):
            if isinstance(selection, FragmentSpreadNode):
                found = fragment_depth(selection.name.value, above)
            elif isinstance(selection, InlineFragmentNode):
                found = depth(selection.selection_set, above)
            elif selection.name.value.startswith("__"):
                found = 1  # the schema's own have a rule of their own
            else:
                found = 1 + depth(selection.selection_set, above)
            deepest = max(deepest, found)
        return deepest

    deepest = max(
        (
            depth(it.selection_set, ())
            for it in document.definitions
            if isinstance(it, OperationDefinitionNode)
        ),
        default=0,
    )
    for name in fragments:  # also those that nothing spreads
        deepest = max(deepest, fragment_depth(name, ()))
    if deepest > MAX_DEPTH:
        raise Refused(beyond("depth", MAX_DEPTH, deepest, "fields in each other"))
    aliases = sum(
        _aliases(it.selection_set)
        for it in document.definitions
        if isinstance(it, OperationDefinitionNode | FragmentDefinitionNode)
    )
    if aliases > MAX_ALIASES:
        raise Refused(beyond("aliases", MAX_ALIASES, aliases, "aliases"))


def check_cost(
    schema: GraphQLSchema,
    document: DocumentNode,
    operation: OperationDefinitionNode,
    variables: Mapping[str, Any],
) -> None:
    """Raises `Refused` for a valid document whose operation asks for too much."""
    root = schema.get_root_type(operation.operation)
    assert root is not None
    defaults = {
        it.variable.name.value: it.default_value.value
        for it in operation.variable_definitions or ()
        if isinstance(it.default_value, IntValueNode)
    }
    fragments, costs = _fragments(document), dict[str, int]()

    def cost(selected: SelectionSetNode | None, of: GraphQLObjectType) -> int:
        total = 0
        for selection in _selections(selected):
            if isinstance(selection, FragmentSpreadNode):
                name = selection.name.value
                if name not in costs:
                    costs[name] = cost(fragments[name].selection_set, of)
                total += costs[name]
            elif isinstance(selection, InlineFragmentNode):
                total += cost(selection.selection_set, of)
            else:
                total += field_cost(selection, of)
        return total

    def field_cost(field: FieldNode, of: GraphQLObjectType) -> int:
        definition = of.fields.get(field.name.value)
        if definition is None:
            return 1  # one of the schema's own
        inner = get_named_type(definition.type)
        if not isinstance(inner, GraphQLObjectType):
            return 1
        times = 1
        if "first" in definition.args:
            given = next((it for it in field.arguments or () if it.name.value == "first"), None)
            times = _number(given and given.value, definition.args["first"].default_value)
        return 1 + times * cost(field.selection_set, inner)

    def _number(value: Any, default: Any) -> int:
        if isinstance(value, VariableNode):
            name = value.name.value
            found = variables.get(name, defaults.get(name, default))
        else:
            found = value.value if isinstance(value, IntValueNode) else default
        try:
            return max(0, int(found))
        except (TypeError, ValueError):
            return MAX_PAGE  # it will be refused for what it is

    total = cost(operation.selection_set, root)
    if total > MAX_COST:
        raise Refused(beyond("cost", MAX_COST, total, "fields, those of a page times its entries"))


def roots_of(document: DocumentNode, operation: OperationDefinitionNode) -> int:
    """How many fields an operation has at its root, as far as aliases tell them apart."""
    roots = _roots(document, operation)
    return len({(it.alias or it.name).value for it in roots} - {"__typename"})


def root_names(document: DocumentNode, operation: OperationDefinitionNode) -> set[str]:
    """The fields that an operation has at its root."""
    return {it.name.value for it in _roots(document, operation)}


def _roots(document: DocumentNode, operation: OperationDefinitionNode) -> Iterator[FieldNode]:
    fragments, seen = _fragments(document), set[str]()

    def fields(selected: SelectionSetNode | None) -> Iterator[FieldNode]:
        for selection in _selections(selected):
            if isinstance(selection, FieldNode):
                yield selection
            elif isinstance(selection, InlineFragmentNode):
                yield from fields(selection.selection_set)
            elif selection.name.value not in seen:
                seen.add(selection.name.value)
                yield from fields(fragments[selection.name.value].selection_set)

    return fields(operation.selection_set)


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        it.name.value: it for it in document.definitions if isinstance(it, FragmentDefinitionNode)
    }


def _selections(selected: SelectionSetNode | None) -> tuple[Selection, ...]:
    return () if selected is None else tuple(selected.selections)  # type: ignore[arg-type]  # there are these three


def _aliases(selected: SelectionSetNode | None) -> int:
    total = 0
    for selection in _selections(selected):
        if isinstance(selection, FieldNode):
            total += selection.alias is not None
        if not isinstance(selection, FragmentSpreadNode):
            total += _aliases(selection.selection_set)
    return total
