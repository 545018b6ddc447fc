"""Owns: what all rivals share, so that they differ only in how they guard the stock.

The endpoint, the token check and the shape of a hold; the rows are in ``rows.py``. Never
here: the guard itself.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Protocol
from uuid import UUID

import jwt
import uuid_utils.compat as uuid_utils
from fastapi import Depends, FastAPI, Header, HTTPException, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel, Field

TTL_SECONDS = 300
SECRET = os.environ.get("BENCH_SECRET", "")
ISSUER = AUDIENCE = "bench"


class ReserveBody(BaseModel):
    sku: str = Field(min_length=1, max_length=64)
    quantity: int = Field(gt=0, le=1000)


class HoldAnswer(BaseModel):
    reservation_id: str
    sku: str
    quantity: int
    expires_at: datetime
    ttl_seconds: int


@dataclass(frozen=True, slots=True)
class Request:
    customer: str
    key: str
    sku: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold about to be written, and the answer its customer gets."""

    id: UUID
    expires_at: datetime
    answer: str


class SoldOut(Exception):
    """Too few units are left; nothing changed."""


class KeyReused(Exception):
    """The same idempotency key came with another body."""


class Busy(Exception):
    """The guard could not be had in time; the customer may repeat."""


class Strategy(Protocol):
    async def open(self) -> None: ...
    async def reserve(self, request: Request) -> str:
        """The answer's JSON, or one of the exceptions above."""
        ...

    async def close(self) -> None: ...


def new_hold(request: Request) -> Hold:
    hold_id = uuid_utils.uuid7()
    expires_at = datetime.now(UTC) + timedelta(seconds=TTL_SECONDS)
    answer = HoldAnswer(
        reservation_id=f"rsv_{hold_id}",
        sku=request.sku,
        quantity=request.quantity,
        expires_at=expires_at,
        ttl_seconds=TTL_SECONDS,
    )
    return Hold(hold_id, expires_at, answer.model_dump_json())


bearer = HTTPBearer()


async def customer_of(
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)],
) -> str:
    try:
        claims: dict[str, Any] = jwt.decode(
            credentials.credentials, SECRET, algorithms=["HS256"], issuer=ISSUER, audience=AUDIENCE
        )
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "token is not valid") from error
    return str(claims["sub"])


def create_app(strategy: Strategy) -> FastAPI:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        await strategy.open()
        yield
        await strategy.close()

    app = FastAPI(lifespan=lifespan)

    @app.post("/api/v1/inventory/reserve", status_code=201, response_model=HoldAnswer)
    async def reserve(
        body: ReserveBody,
        customer: Annotated[str, Depends(customer_of)],
        x_idempotency_key: Annotated[str, Header(min_length=8, max_length=128)],
    ) -> Response:
        request = Request(customer, x_idempotency_key, body.sku, body.quantity)
        try:
            answer = await strategy.reserve(request)
        except SoldOut:
            raise HTTPException(409, "too few are left") from None
        except KeyReused:
            raise HTTPException(422, "this key was used with another body") from None
        except Busy:
            raise HTTPException(503, "busy, please repeat") from None
        return Response(answer, 201, media_type="application/json")

    return app
