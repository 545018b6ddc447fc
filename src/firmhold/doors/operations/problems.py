"""What each problem means, and what whoever meets it can do."""

from typing import NamedTuple

from firmhold.domain.errors import Code


class Advice(NamedTuple):
    """Two sentences for a person who has just met a problem."""

    means: str
    do: str


ADVICE: dict[Code, Advice] = {
    Code.UNAUTHENTICATED: Advice(
        "There is no bearer token, or the one that was sent is malformed, forged or out of date.",
        "Send a valid token as `Authorization: Bearer …`; get a new one if yours has ended.",
    ),
    Code.FORBIDDEN: Advice(
        "We know who you are, and your role, or your part in this reservation, does not allow it.",
        "Use the token of someone who may. Repeating the request will not help.",
    ),
    Code.RATE_LIMITED: Advice(
        "You have sent more requests than you may in this stretch of time.",
        "Wait for the seconds in `Retry-After`, then repeat the request as it was.",
    ),
    Code.MALFORMED_REQUEST: Advice(
        "The body, a parameter or a header is not what this call takes; `field` and `reason` say "
        "which and why. The status is 413 where the body is too large, and `body_limit` its bound.",
        "Correct the field. Fields that nobody knows are refused too, so look for misspelt names.",
    ),
    Code.IDEMPOTENCY_KEY_MISSING: Advice(
        "This call takes effect only under an `Idempotency-Key`, so that it can be repeated "
        "safely.",
        "Send one: any text of your own, new for each intended effect, the same when you repeat.",
    ),
    Code.IDEMPOTENCY_KEY_REUSED: Advice(
        "The key has already brought about the effect of a different request.",
        "Make a new key for each intended effect. To learn the first answer again, send exactly "
        "the first request.",
    ),
    Code.IDEMPOTENCY_KEY_IN_PROGRESS: Advice(
        "Another request with this key is being carried out at this moment.",
        "Repeat the request with the same key a moment later.",
    ),
    Code.NOT_FOUND: Advice(
        "There is nothing with this id, SKU or address in the organization that the request "
        "speaks of.",
        "Check the id, and whether the token or `X-Organization` names the organization you mean.",
    ),
    Code.TOO_LATE_TO_CANCEL: Advice(
        "A slot begins so soon that customers cannot give it back or move away from it any more; "
        "`cancellable_until` says since when.",
        "Have an operator do it.",
    ),
    Code.NOT_ON_SALE_YET: Advice(
        "The sale of one line has not begun; `line` counts from 0, `sale_starts_at` says when.",
        "Try again from `sale_starts_at` on.",
    ),
    Code.SALE_ENDED: Advice(
        "The sale of one line is over, or an operator has closed it; `line` counts from 0, "
        "`sale_ends_at` says since when, unless it is `closed`.",
        "Leave the line out, or have an operator set another end of the sale or open it again.",
    ),
    Code.TOO_FAR_AHEAD: Advice(
        "The slot of one line lies further ahead than can be booked, or than its customer can be "
        "checked in; `bookable_from` or `check_in_from` says when that changes.",
        "Try again from then on, or choose an earlier slot.",
    ),
    Code.TOO_LATE_TO_BOOK: Advice(
        "The slot of one line has begun, or begins too soon; `bookable_until` says since when.",
        "Choose a later slot, or have an operator book it, who may until it is over.",
    ),
    Code.LIMIT_EXCEEDED: Advice(
        "A limit stands in the way: `limit` names it, `bound` is its value, and `requested` or "
        "`has` what went beyond it.",
        "Ask for what is within `bound`, or give back something first.",
    ),
    Code.INSUFFICIENT_CAPACITY: Advice(
        "One line asks for more units than are available: `line`, `requested` and `available`.",
        "Ask for at most `available`, or later: holds that expire or are released come back on "
        "sale at once.",
    ),
    Code.POOL_BUSY: Advice(
        "The slot needs a room, a practitioner or equipment that is taken from `busy_from` to "
        "`busy_until`, time for getting ready and cleaning up included; `pool` says which.",
        "Choose another time, or another room, practitioner or equipment.",
    ),
    Code.HOLD_EXPIRED: Advice(
        "The hold's time has passed at `expired_at`, and its units are back on sale.",
        "Place a new hold, or confirm with `reacquire` to take the same units if they are still "
        "free.",
    ),
    Code.ALREADY_CONFIRMED: Advice(
        "The reservation was made firm at `confirmed_at`, so it is a hold no longer.",
        "There is nothing to do if that is what you wanted; to give it back, cancel it.",
    ),
    Code.ALREADY_RELEASED: Advice(
        "The hold was given back at `ended_at`.",
        "Place a new hold.",
    ),
    Code.ALREADY_CANCELLED: Advice(
        "The reservation was cancelled at `ended_at`, and a cancelled one does not come back.",
        "Place a new hold.",
    ),
    Code.CAPACITY_BELOW_RESERVED: Advice(
        "More is promised than what would be left: units `held` and `confirmed`, or, of a pool, "
        "units `taken` from `busy_from` to `busy_until`.",
        "Cancel or move reservations first; or, to change a capacity, ask for `drain`, and it "
        "comes down as units come back.",
    ),
    Code.ALREADY_EXISTS: Advice(
        "The organization already has something with this name, such as an item with this SKU; or "
        "the customer already has a place in this line, `waitlist_entry`.",
        "Change the one that is there, or choose another name.",
    ),
    Code.VERSION_CONFLICT: Advice(
        "It is not, or no longer, in the state that this takes: somebody has changed it in the "
        "meantime, a slot was withdrawn, a schedule stopped, a hold not confirmed.",
        "Read it again, decide anew, and send what you now expect.",
    ),
    Code.OVERLOADED: Advice(
        "There is more to do than can be done in time, or the database is away. The request may "
        "still be carried out.",
        "Wait for the seconds in `Retry-After`, then repeat it with the same `Idempotency-Key`: "
        "it takes effect only once.",
    ),
    Code.INTERNAL_ERROR: Advice(
        "Something is wrong with the server, not with your request; its log has the details.",
        "Report it with the `reference` of the answer. With the same `Idempotency-Key` you may "
        "try again.",
    ),
}

assert set(ADVICE) == set(Code), "every problem is explained"
