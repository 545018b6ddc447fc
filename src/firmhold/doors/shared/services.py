"""What handlers work with. Put together in one place, `firmhold.app`."""

from datetime import datetime
from typing import NamedTuple

from firmhold.doors.shared.authentication import Authentication
from firmhold.engine.catalogue import Catalogue
from firmhold.engine.engine import Engine
from firmhold.engine.reader import Reader
from firmhold.identity.directory import Directory
from firmhold.identity.tokens import Tokens
from firmhold.store.database import Database


class Services(NamedTuple):
    """Everything a door can call."""

    database: Database
    engine: Engine
    catalogue: Catalogue
    reader: Reader
    directory: Directory
    tokens: Tokens
    authentication: Authentication
    body_limit: int
    started_at: datetime
