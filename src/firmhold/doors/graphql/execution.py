"""From a request to a result: read, bounded, validated, carried out.

Owns in which order that happens and how what went wrong is told. Knows nothing of HTTP.
"""

from collections.abc import AsyncGenerator, Awaitable, Sequence
from contextlib import aclosing
from functools import cache
from inspect import isawaitable
from typing import Annotated, Any, NamedTuple, cast

from graphql import (
    ASTValidationRule,
    DocumentNode,
    ExecutionResult,
    Executor,
    GraphQLError,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    create_source_event_stream,
    execute,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)
from msgspec import Meta, Struct

from firmhold.domain.errors import Code, Refused, malformed, refuse
from firmhold.doors.graphql.bounds import check_cost, check_shape, check_text, roots_of
from firmhold.doors.graphql.fields import Problem
from firmhold.doors.graphql.loading import Asking
from firmhold.doors.graphql.schema import SCHEMA
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.serving import failed
from firmhold.doors.shared.text import Request

MOST_ERRORS = 5
"""Of a document; whoever has that many writes it anew."""

Json = dict[str, Any]


class GraphQLRequest(Request, rename="camel"):
    """What is sent, as GraphQL over HTTP has it."""

    query: Annotated[str, Meta(description="The document.")]
    operation_name: Annotated[
        str | None, Meta(description="Which of its operations, if it has several.")
    ] = None
    variables: Annotated[
        dict[str, Any] | None, Meta(description="Values of its variables, by name.")
    ] = None
    extensions: Annotated[dict[str, Any] | None, Meta(description="Not looked at.")] = None


class GraphQLAnswer(Struct):
    """What it comes to."""

    data: Annotated[
        dict[str, Any] | None, Meta(description="What was asked for; null if nothing came of it.")
    ] = None
    errors: Annotated[
        list[dict[str, Any]],
        Meta(description="What was refused, each with a problem document in its `extensions`."),
    ] = []


class Ready(NamedTuple):
    """A document that may be carried out."""

    document: DocumentNode
    operation: OperationDefinitionNode
    request: GraphQLRequest

    @property
    def effects(self) -> int:
        """How many of its fields change something."""
        if self.operation.operation is not OperationType.MUTATION:
            return 0
        return roots_of(self.document, self.operation)


class Unfit(Exception):
    """A document that cannot be carried out, with what is wrong with it."""

    def __init__(self, errors: Sequence[Json]) -> None:
        super().__init__("unfit")
        self.errors = list(errors)


def prepare(request: GraphQLRequest, *, introspection: bool) -> Ready:
    """The document, read, bounded and validated. Raises `Unfit`."""
    try:
        check_text(request.query)
        document = parse(request.query)
        check_shape(document)
        errors = validate(
            SCHEMA,
            document,
            _rules(introspection),
            max_errors=MOST_ERRORS,
            # What there is under other names is for those to know who may see the schema.
            hide_suggestions=not introspection,
        )
        if errors:
            raise Unfit([told(error) for error in errors[:MOST_ERRORS]])
        operation = _operation(document, request.operation_name)
        check_cost(SCHEMA, document, operation, request.variables or {})
    except GraphQLError as error:
        raise Unfit([told(error)]) from None
    except RecursionError:
        refusal = malformed("query", "its fragments or values are nested too deeply")
        raise Unfit([_shown(refusal.detail, Problem(problem(refusal)))]) from None
    except Refused as error:
        raise Unfit([_shown(error.refusal.detail, Problem(problem(error.refusal)))]) from None
    return Ready(document, operation, request)


def _operation(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    operation = get_operation_ast(document, name)
    if operation is None:
        raise Refused(malformed("operationName", "names none of the document's operations"))
    return operation


@cache
def _rules(introspection: bool) -> tuple[type[ASTValidationRule], ...]:
    rules = tuple(specified_rules)
    return rules if introspection else (*rules, NoSchemaIntrospectionCustomRule)


async def carry_out(ready: Ready, asking: Asking, *, introspection: bool) -> Json:
    """The result, with `data` unless the variables are not what they should be, and `errors` if
    there are any. Never raises."""
    running: ExecutionResult | Awaitable[ExecutionResult] = execute(
        SCHEMA,
        ready.document,
        context_value=asking,
        variable_values=ready.request.variables or {},
        operation_name=ready.request.operation_name,
        max_coercion_errors=MOST_ERRORS,
        hide_suggestions=not introspection,
    )
    return _result(await running if isawaitable(running) else running)


async def follow(ready: Ready, asking: Asking, *, introspection: bool) -> AsyncGenerator[Json]:
    """The results of a subscription, one after the other; only the one that says why, if it cannot
    be begun. Ends with an error if the stream does."""
    executor = Executor.build(
        SCHEMA,
        ready.document,
        context_value=asking,
        raw_variable_values=ready.request.variables or {},
        operation_name=ready.request.operation_name,
        max_coercion_errors=MOST_ERRORS,
        hide_suggestions=not introspection,
    )
    if isinstance(executor, list):
        yield {"errors": [told(error) for error in executor]}
        return
    found = create_source_event_stream(executor)
    source = await found if isawaitable(found) else found
    if isinstance(source, ExecutionResult):
        yield {"errors": [told(error) for error in source.errors or ()]}
        return
    async with aclosing(cast("AsyncGenerator[Any]", source)) as events:
        try:
            async for event in events:
                yield await _shown_event(ready, asking, event, introspection=introspection)
        except (Problem, Refused) as error:
            refused = error if isinstance(error, Problem) else Problem(problem(error.refusal))
            yield {"errors": [_shown(str(refused), refused)]}


async def _shown_event(ready: Ready, asking: Asking, event: Any, *, introspection: bool) -> Json:
    running = execute(
        SCHEMA,
        ready.document,
        root_value=event,
        context_value=asking.again(),
        variable_values=ready.request.variables or {},
        operation_name=ready.request.operation_name,
        hide_suggestions=not introspection,
    )
    return _result(await running if isawaitable(running) else running)


def _result(result: ExecutionResult) -> Json:
    shown: Json = {}
    if result.errors:
        # What many entries have asked for together fails once.
        known: dict[int, Problem] = {}
        shown["errors"] = [told(error, known) for error in result.errors]
    if result.data is not None:
        # Nothing at the roots is required, so that only what was not carried out has none.
        shown["data"] = result.data
    return shown


def told(error: GraphQLError, known: dict[int, Problem] | None = None) -> Json:
    """An error as it is sent: its code and facts are those of every other door. `known`: what is
    told of errors that have come before."""
    original = error.original_error
    while isinstance(original, GraphQLError):
        original = original.original_error
    if original is None or error.path is None:  # of the document or its variables
        reason = error.message
        refusal = refuse(Code.MALFORMED_REQUEST, reason, field="query", reason=reason)
        problem_told = Problem(problem(refusal))
    elif isinstance(original, Problem):
        problem_told = original
    elif isinstance(original, Refused):
        problem_told = Problem(problem(original.refusal))
    elif known is not None and id(original) in known:
        problem_told = known[id(original)]
    else:
        where = ".".join(map(str, error.path or ()))
        problem_told = Problem(failed(f"graphql {where}", original))
        if known is not None:
            known[id(original)] = problem_told
    return _shown(str(problem_told), problem_told, error)


def _shown(message: str, problem_told: Problem, error: GraphQLError | None = None) -> Json:
    shown: Json = {"message": message}
    if error is not None and error.locations:
        shown["locations"] = [location.formatted for location in error.locations]
    if error is not None and error.path:
        shown["path"] = error.path
    return {**shown, "extensions": problem_told.extensions}
