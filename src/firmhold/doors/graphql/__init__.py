"""The GraphQL door, `/graphql`: venues, slots and bookings for those who choose what they are told.

The words are theirs (venue, booking); the rules are the engine's. Nobody else knows the libraries
for GraphQL.
"""

from firmhold.doors.graphql.fields import FIELDS
from firmhold.doors.graphql.http import REQUEST
from firmhold.doors.graphql.routes import routes
from firmhold.doors.graphql.schema import sdl

__all__ = ["FIELDS", "OPERATIONS", "routes", "sdl"]

OPERATIONS = (REQUEST,)
"""Of this door, as they stand in the OpenAPI document. What a document asks for is in `FIELDS`."""
