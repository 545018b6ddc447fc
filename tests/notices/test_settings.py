"""What cannot be set up is said at once, by name."""

from __future__ import annotations

from typing import Any

import pytest

from firmhold.cli.serve import _look_for_extras
from firmhold.notify.carriers.configured import mailer_of
from firmhold.settings import SECRETS, Settings, SettingsError

GOOD = {"smtp_host": "mail.example.org", "smtp_from": "tickets@example.org"}
NAMED = {**GOOD, "smtp_user": "firmhold", "smtp_password": "long-and-only-mine"}


@pytest.mark.parametrize("given", [{}, GOOD, NAMED, {**GOOD, "smtp_security": "none"}])
def test_what_can_be_set_up(given: dict[str, Any]) -> None:
    assert (mailer_of(Settings.load(given)) is None) == (given == {})


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"smtp_host": "mail.example.org"}, "smtp_from"),
        ({"smtp_from": "tickets@example.org"}, "smtp_from"),
        ({**GOOD, "smtp_from": "Tickets <tickets@example.org>"}, "smtp_from"),
        ({**GOOD, "smtp_from": "a@b\r\nBcc: c@d"}, "smtp_from"),
        ({**GOOD, "smtp_from": "nobody"}, "smtp_from"),
        ({**GOOD, "smtp_security": "ssl"}, "smtp_security"),
        ({**GOOD, "smtp_port": 0}, "smtp_port"),
        ({**GOOD, "smtp_user": "firmhold"}, "smtp_password"),
        ({**NAMED, "smtp_security": "none"}, "smtp_user"),
        ({"sns_endpoint": "localhost"}, "sns_endpoint"),
        ({"sns_endpoint": "http://user:secret@localhost"}, "sns_endpoint"),
    ],
)
def test_what_cannot_is_said_by_name(given: dict[str, Any], why: str) -> None:
    with pytest.raises(SettingsError) as refused:
        Settings.load(given)
    assert str(refused.value).startswith(why)


def test_the_password_is_a_secret_and_shown_nowhere() -> None:
    assert "smtp_password" in SECRETS


def test_a_package_that_is_missing_is_named_at_once(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import sys

    for name in [name for name in sys.modules if name.partition(".")[0] in {"boto3", "botocore"}]:
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setitem(sys.modules, "boto3", None)
    monkeypatch.delitem(sys.modules, "firmhold.notify.carriers.sns", raising=False)
    with pytest.raises(SystemExit) as ended:
        _look_for_extras(Settings(sns_phones=True))
    assert ended.value.code == 2
    assert "firmhold[sns]" in capsys.readouterr().err
