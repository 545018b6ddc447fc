"""What opens a door is taken out of whatever is about to be logged, and nothing else is."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from typing import Any

import jwt
import pytest

from firmhold.identity.sessions import PREFIX, SECRET
from firmhold.redaction import HIDDEN, Shown, clean, on_one_line, redacted

WORD = "correct-horse/battery@staple:1"

TOKEN = jwt.encode({"sub": "usr_1"}, "k" * 32, headers={"kid": "1"})
KEY = "fhk_" + "0f" * 16 + "_" + urlsafe_b64encode(b"s" * 32).rstrip(b"=").decode()
REFRESH = PREFIX + urlsafe_b64encode(secrets.token_bytes(SECRET)).rstrip(b"=").decode()
CODE = "fhc_" + secrets.token_hex(32)


@pytest.mark.parametrize(
    "secret", [TOKEN, KEY, REFRESH, CODE], ids=["jwt", "key", "refresh", "code"]
)
@pytest.mark.parametrize(
    "around",
    [
        "{}",
        "Authorization: Bearer {}",
        "'authorization': 'Bearer {}'",
        "(b'authorization', b'Bearer {}')",
        "GET /v1/sites/site_1/calendar.ics?token={}&x=1",
        "token={}",
        '{{"refresh_token": "{}"}}',
        "the token {} is not valid",
        "a{{}}\n  File 'x', line 1\n    {}\nValueError: {}",
        "Cookie: a=b; __Host-firmhold-refresh={}; c=d",
        "{},{}",
        "<{}>",
    ],
)
def test_tokens_keys_and_codes_are_found_wherever_they_stand(secret: str, around: str) -> None:
    found = redacted(around.replace("{}", secret))
    assert HIDDEN in found
    assert secret not in found
    assert secret.rpartition("_")[2][-20:] not in found
    assert redacted(found) == found, "once is enough"


@pytest.mark.parametrize(
    "text",
    [
        f"postgresql://firmhold:{WORD}@db.internal:5432/firmhold?sslmode=require",
        f"could not connect to redis://:{WORD}@cache:6379/0",
        f"dsn='postgres://u:{WORD}@h/d'",
        f"host=db user=u password={WORD} dbname=d",
        f"host=db user=u password='{WORD} and more' dbname=d",
        f'{{"email": "a@b", "password": "{WORD}"}}',
        f"SignInRequest(email='a@b', password='{WORD}', cookie=False)",
        f"PGPASSWORD={WORD}",
        f"secret_key={WORD}",
        f"{{'secret_key': '{WORD}'}}",
        f'"password": "{WORD}',
        f"password=b'{WORD}'",
    ],
)
def test_passwords_and_secrets_are_found_by_what_they_are_called(text: str) -> None:
    found = redacted(text)
    assert HIDDEN in found
    for part in (WORD, "horse", "staple", "and more"):
        assert part not in found
    assert redacted(found) == found


@pytest.mark.parametrize(
    "text",
    [
        "a letter, because no mail is set up",
        "This takes a bearer token.",
        "The Authorization header is not a bearer token.",
        "password: 8 to 128 characters, not 3",
        "postgresql://firmhold@db.internal:5432/firmhold",
        "http://127.0.0.1:8080/docs",
        "rsv_01a2270eeedc73e1818f91a8ca54bd14 item_01a2270eeedc73e1818f91a8ca54bd14",
        "email ada@example.org at 10:00: a@b",
        "secretary=Ada",
        "basic training",
        "",
    ],
)
def test_what_opens_nothing_stays_as_it_is(text: str) -> None:
    assert redacted(text) == text


def test_a_field_is_hidden_by_its_name_however_deep_it_is() -> None:
    entry: dict[str, Any] = {
        "password": WORD,
        "Authorization": "Digest x",
        "request": {"headers": [("cookie", f"token={REFRESH}")], "refresh_token": "short"},
        "token": None,
        "number": 3,
        "flag": True,
        "database": f"postgresql://u:{WORD}@h/d",
        "raw": b"password=" + WORD.encode(),
        "keys": {KEY, TOKEN},
    }
    found = {name: clean(name, value) for name, value in entry.items()}
    for part in (WORD, "horse", REFRESH, "short", KEY, TOKEN, "Digest"):
        assert part not in str(found)
    assert (found["token"], found["number"], found["flag"]) == (None, 3, True)
    assert found["database"] == f"postgresql://u:{HIDDEN}@h/d"


def test_a_code_in_a_letter_is_for_whoever_reads_the_log() -> None:
    assert clean("code", Shown(CODE)) == CODE
    assert clean("code", CODE) == f"fhc_{HIDDEN}"
    assert clean("code", "overloaded") == "overloaded"


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\nb", "a\x1b[2Jb", "a\x00b", "a\u202eb", "a\u2028b", "a\x85b", "a\udc80b"]
)
def test_nobody_writes_a_line_of_their_own_into_the_log(text: str) -> None:
    found = on_one_line(text)
    assert found.isprintable()
    assert found[0] + found[-1] == "ab"
    assert clean("what", text) == found


def test_what_can_be_read_is_not_spelled_out() -> None:
    for text in ("Zo\u00eb \u2013 \u4f60\u597d \U0001f600", "a b"):
        assert on_one_line(text) == text
