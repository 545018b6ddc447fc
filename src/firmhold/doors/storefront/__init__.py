"""The storefront door, `/api/v1` and `/api`: for shops and flash sales.

The words are a shop's (product, order, reserved, sold); the rules are the engine's.
"""

from firmhold.doors.shared.operation import Operation
from firmhold.doors.storefront import catalogue, checkout, metrics, orders

OPERATIONS: tuple[Operation, ...] = (
    *checkout.TABLE,
    *catalogue.TABLE,
    *orders.TABLE,
    *metrics.TABLE,
)
