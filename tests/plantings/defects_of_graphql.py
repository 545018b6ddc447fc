"""Defects of the GraphQL door. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import Defect

ACCESS = "tests/doors/graphql/test_access.py"
BOUNDS = "tests/doors/graphql/test_bounds.py"
EFFECTS = "tests/doors/graphql/test_effects.py"
FIELDS = "tests/doors/graphql/test_fields.py"
HTTP = "tests/doors/graphql/test_http.py"
EXPLORER = "tests/doors/graphql/test_explorer.py"

DEFECTS_OF_GRAPHQL = (
    Defect(
        "a document of aliases tries as many passwords as it likes",
        "doors/graphql/fields.py",
        "    if not early:\n        await _let_through(asking, operation, identity, body)\n",
        "",
        (EFFECTS,),
    ),
    Defect(
        "the token that a request has taken pays for all of its fields",
        "doors/graphql/fields.py",
        "        asking.prepaid = False\n",
        "",
        (EFFECTS,),
    ),
    Defect(
        "whoever has no token has a bucket of their own here",
        "doors/graphql/http.py",
        "        return _ANYONE._replace(organization=organization.id)\n",
        "        return _ANYONE\n",
        (EFFECTS,),
    ),
    Defect(
        "one key in a header names every effect of a document",
        "doors/graphql/fields.py",
        "    if header is not None and asking.effects > 1:\n",
        "    if header is not None and asking.effects > 9:\n",
        (EFFECTS,),
    ),
    Defect(
        "whoever knows a confirmation code sees the booking",
        "doors/graphql/reading.py",
        "    if seen is None or not may_see(call, seen):\n",
        "    if seen is None:\n",
        (FIELDS, ACCESS),
    ),
    Defect(
        "whoever knows a booking's id sees it",
        "doors/graphql/reading.py",
        "    if not may_see(call, seen):\n",
        "    if False:\n",
        (ACCESS,),
    ),
    Defect(
        "a slot is booked at whichever venue",
        "doors/graphql/changing.py",
        "        if not found or found[0].site.id != venue:\n",
        "        if not found:\n",
        (FIELDS,),
    ),
    Defect(
        "a queue is told of any slot of the organization",
        "doors/graphql/reading.py",
        "        if not found or found[0].site.id != site.id:\n",
        "        if not found:\n",
        (FIELDS,),
    ),
    Defect(
        "brackets are not counted as they are read",
        "doors/graphql/bounds.py",
        "            if nesting > MAX_NESTING:\n",
        "            if False:\n",
        (BOUNDS,),
    ),
    Defect(
        "fragments are left out of the depth",
        "doors/graphql/bounds.py",
        "                found = fragment_depth(selection.name.value, above)\n",
        "                found = 0\n",
        (BOUNDS,),
    ),
    Defect(
        "aliases in fragments are not counted",
        "doors/graphql/bounds.py",
        "        if isinstance(it, OperationDefinitionNode | FragmentDefinitionNode)\n",
        "        if isinstance(it, OperationDefinitionNode)\n",
        (BOUNDS,),
    ),
    Defect(
        "a page costs as much as one entry of it",
        "doors/graphql/bounds.py",
        "        return 1 + times * cost(field.selection_set, inner)\n",
        "        return 1 + cost(field.selection_set, inner)\n",
        (BOUNDS,),
    ),
    Defect(
        "what a page costs is not looked for in variables",
        "doors/graphql/bounds.py",
        "            found = variables.get(name, defaults.get(name, default))\n",
        "            found = default\n",
        (BOUNDS,),
    ),
    Defect(
        "the schema is told in production",
        "doors/graphql/execution.py",
        "    return rules if introspection else (*rules, NoSchemaIntrospectionCustomRule)\n",
        "    return rules\n",
        (BOUNDS,),
    ),
    Defect(
        "a date that is none is a defect of ours",
        "doors/graphql/execution.py",
        "    if original is None or error.path is None:",
        "    if original is None:",
        (FIELDS,),
    ),
    Defect(
        "a page that failed is logged once for each of its entries",
        "doors/graphql/execution.py",
        "            known[id(original)] = problem_told\n",
        "            pass\n",
        (HTTP,),
    ),
    Defect(
        "a link can change something",
        "doors/graphql/http.py",
        "        raise _Status(405, ",
        "        _ = (405, ",
        (HTTP,),
    ),
    Defect(
        "a page of another site can send a document without being asked",
        "doors/graphql/http.py",
        "    if not _is_json(content_type):\n",
        "    if False:\n",
        (HTTP,),
    ),
    Defect(
        "each entry of a page asks for its venue by itself",
        "doors/graphql/loading.py",
        "        return DataLoader(load_fn=load, max_batch_size=1000)\n",
        "        return DataLoader(load_fn=load, max_batch_size=1, cache=False)\n",
        (EFFECTS,),
    ),
    Defect(
        "the page to try documents on is there in production",
        "doors/graphql/http.py",
        "    if services.introspection and _wants_page(scope, headers):\n",
        "    if _wants_page(scope, headers):\n",
        (EXPLORER,),
    ),
)
