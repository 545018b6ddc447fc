"""A real mail server: it is away, asks to come back, refuses, hangs, wants TLS and a password."""

from __future__ import annotations

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path

import pytest

from firmhold.identity.letters import Kind as LetterKind
from firmhold.identity.letters import Letter, Post, write
from firmhold.notify.carriers import carrier as carriers
from firmhold.notify.carriers import smtp
from firmhold.notify.carriers.carrier import Message, Result
from firmhold.notify.carriers.letters import Letters
from firmhold.notify.carriers.smtp import Mailer, MailServer
from firmhold.notify.notices.kinds import PAUSES, Channel
from tests.notices.certificates import Certified, certified
from tests.notices.desk import ADA, SENDER, Desk, Kept, mailer
from tests.notices.mail import PASSWORD, USER, MailBox, mail_server, with_password
from tests.shop import Shop

MESSAGE = Message(
    "ntf_0123456789abcdef0123456789abcdef",
    "confirmation",
    "theatre",
    "Town Theatre",
    "rsv_0123456789abcdef0123456789abcdef",
    ADA,
    "Bestätigt: Abend – 2 Plätze",
    "Grüße\n.\nFrom here\n",
)


async def test_mail_arrives_with_all_that_mail_should_have(desk: Desk, box: MailBox) -> None:
    user = await desk.user(ADA, "Ada Lovelace")
    id = await desk.reserve(await desk.shop.item(5, sku="SEAT"), customer=user)
    await desk.deliver()
    (mail,) = box.received
    assert (mail.sender, mail.recipients) == (SENDER, [ADA])
    message = mail.message
    assert message["From"] == f"Default <{SENDER}>"
    assert message["To"] == ADA
    assert message["Subject"] == "Confirmed: SEAT"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Date"].datetime is not None
    (row,) = await desk.rows("id", "status", "address", "subject", "body", "detail")
    assert message["Message-ID"] == f"<ntf_{row[0].hex}@example.org>"
    assert row[1:] == ("sent", ADA, mail.subject, mail.text, None)
    assert id in mail.text


async def test_words_in_any_script_arrive_as_they_are(box: MailBox) -> None:
    carrier = mailer(box)
    assert (await carrier.carry(MESSAGE)).result is Result.TAKEN
    assert box.received[0].subject == MESSAGE.subject
    assert box.received[0].text == MESSAGE.text
    await carrier.close()


async def test_a_server_that_is_away_is_asked_again_and_has_everything_in_the_end(
    desk: Desk, box: MailBox
) -> None:
    await box.stop()
    await desk.reserve(await desk.shop.item(5))
    await desk.deliver()
    ((status, attempts, pause),) = await desk.rows("status", "attempts", "next_at - now()")
    assert (status, attempts) == ("waiting", 1)
    assert 0.7 * PAUSES[0] < pause < 1.3 * PAUSES[0]
    await box.start()
    await desk.send()
    assert box.received == [], "not before its time"
    await desk.later()
    await desk.send()
    assert len(box.received) == 1
    assert await desk.rows("status", "attempts") == [("sent", 2)]


async def test_a_server_that_asks_to_come_back_has_it_later_under_the_same_id(
    desk: Desk, box: MailBox
) -> None:
    box.recipients[ADA] = ["451 4.7.1 Greylisted, come back", "250 ok"]
    box.answers = ["452 4.3.1 No room just now", "250 taken"]
    await desk.reserve(await desk.shop.item(5))
    await desk.deliver()
    assert await desk.rows("status", "detail") == [("waiting", "451 4.7.1 Greylisted, come back")]
    await desk.later()
    await desk.send()
    assert await desk.rows("status", "detail") == [("waiting", "452 4.3.1 No room just now")]
    await desk.later()
    await desk.send()
    (mail,) = box.received
    ((id,),) = await desk.rows("id")
    assert mail.id == f"<ntf_{id.hex}@example.org>"


async def test_who_is_refused_for_good_is_given_up_and_keeps_nobody_else_waiting(
    desk: Desk, box: MailBox
) -> None:
    box.recipients["eve@example.org"] = ["550 5.1.1 No such user"]
    item = await desk.shop.item(50)
    for customer in ("eve@example.org", ADA, "eve@example.org", ADA):
        await desk.reserve(item, customer=customer)
    await desk.deliver()
    assert sorted(await desk.rows("status", "attempts", "detail")) == [
        *[("failed", 1, "550 5.1.1 No such user")] * 2,
        *[("sent", 1, None)] * 2,
    ]
    await desk.later()
    await desk.send()
    assert len(box.received) == 2
    # By hand, once it is mended.
    box.recipients.clear()
    ((id,), _) = await desk.rows("id", where="status = 'failed'")
    async with desk.database.read(desk.organization) as connection, connection.transaction():
        await desk.notices.again(connection, desk.organization, f"ntf_{id.hex}")
    await desk.send()
    assert box.received[-1].id == f"<ntf_{id.hex}@example.org>"


async def test_text_that_is_refused_for_good_is_given_up(desk: Desk, box: MailBox) -> None:
    box.answers = ["554 5.7.1 Spam"]
    await desk.reserve(await desk.shop.item(5))
    await desk.deliver()
    assert await desk.rows("status", "detail") == [("failed", "554 5.7.1 Spam")]


async def test_what_fails_for_days_is_given_up(desk: Desk, box: MailBox) -> None:
    box.recipients["*"] = ["450 4.2.0 later"]
    await desk.reserve(await desk.shop.item(5))
    await desk.deliver()
    for _ in PAUSES:
        assert await desk.rows("status") == [("waiting",)]
        await desk.later()
        await desk.send()
    assert await desk.rows("status", "attempts") == [("failed", len(PAUSES) + 1)]
    assert sum(PAUSES, timedelta()) >= timedelta(days=3)


async def test_a_server_that_hangs_is_left_and_keeps_no_other_channel_waiting(
    desk: Desk, box: MailBox, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "SECONDS", 0.5)
    box.hanging = True
    await desk.settings("email", "topic")
    topic = desk.sender_of(Channel.TOPIC, kept)
    item = await desk.shop.item(50)
    for _ in range(30):
        await desk.reserve(item)
    await desk.plan()
    await desk.sender.run_once()
    assert len(await desk.rows("id", where="channel = 'email' AND attempts = 1")) == 20
    await desk.send(topic)
    assert len(kept.carried) == 30, "while mail hangs"
    await desk.send()
    rows = await desk.rows("status", "detail", where="channel = 'email'")
    assert {status for status, _ in rows} == {"waiting"}
    assert {detail for _, detail in rows} == {"TimeoutError"}


async def test_a_server_that_says_nothing_at_all_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp, "SECONDS", 0.3)
    over = asyncio.Event()

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    box = MailBox()
    box.port = server.sockets[0].getsockname()[1]
    outcome = await mailer(box).carry(MESSAGE)
    assert outcome.result is Result.NOT_NOW
    over.set()
    server.close()


async def test_a_server_that_speaks_nonsense_is_left() -> None:
    async def nonsense(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"\x00\xff" * 400 + b"\r\n")
        writer.close()

    server = await asyncio.start_server(nonsense, "127.0.0.1", 0)
    box = MailBox()
    box.port = server.sockets[0].getsockname()[1]
    assert (await mailer(box).carry(MESSAGE)).result is Result.NOT_NOW
    server.close()


async def test_many_go_over_few_connections_and_one_that_was_closed_is_not_used(
    desk: Desk, box: MailBox
) -> None:
    item = await desk.shop.item(500)
    for _ in range(60):
        await desk.reserve(item)
    await desk.deliver()
    assert len(box.received) == 60
    assert box.connections <= 20
    await box.stop()
    await box.start()
    await desk.reserve(item)
    await desk.deliver()
    assert len(box.received) == 61
    assert await desk.rows("status", where="status <> 'sent'") == []


@pytest.mark.parametrize(
    "address",
    [
        *("a,b@example.org", "<eve@example.org", "ada@example.org>", "ada@exa mple.org"),
        *("ada@example.org\r\nBcc: eve@example.org", "ada\n@example.org", "@example.org", "ada@"),
        "ada@example.org, eve@example.org",
    ],
)
async def test_what_is_no_address_is_never_sent_to(box: MailBox, address: str) -> None:
    outcome = await mailer(box).carry(MESSAGE._replace(address=address))
    assert outcome.result is Result.NEVER
    assert box.received == []


async def test_addresses_in_other_scripts_are_written_to_where_the_server_takes_them(
    box: MailBox,
) -> None:
    carrier = mailer(box)
    outcome = await carrier.carry(MESSAGE._replace(address="jörg@exämple.org"))
    assert outcome.result is Result.TAKEN, outcome
    assert box.received[0].recipients == ["jörg@exämple.org"]
    await carrier.close()


@pytest.mark.parametrize("field", ["subject", "sender"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"])
async def test_nobody_writes_a_header_of_their_own(box: MailBox, field: str, end: str) -> None:
    carrier = mailer(box)
    evil = f"Tickets{end}Bcc: eve@example.org{end}{end}text"
    outcome = await carrier.carry(MESSAGE._replace(**{field: evil}))
    assert outcome.result is Result.TAKEN, outcome
    (mail,) = box.received
    assert mail.recipients == [ADA]
    assert mail.message["Bcc"] is None
    assert mail.text == MESSAGE.text
    await carrier.close()


# --- TLS and passwords ---


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certified(Path(tmp_path_factory.mktemp("tls")))


def server(box: MailBox, **more: object) -> MailServer:
    whole = MailServer("localhost", box.port, "starttls", USER, PASSWORD, SENDER)
    return whole._replace(**more)  # type: ignore[arg-type]


async def test_who_we_are_is_said_over_tls_only(tls: Certified) -> None:
    box = MailBox()
    async with mail_server(**with_password(box, tls.server)) as there:
        box.port = there.port
        carrier = Mailer(server(box, tls=tls.client))
        assert (await carrier.carry(MESSAGE)).result is Result.TAKEN
        await carrier.close()
        wrong = Mailer(server(box, tls=tls.client, password="another"))
        outcome = await wrong.carry(MESSAGE)
        # It is about us, and will be mended.
        assert outcome.result is Result.NOT_NOW
        assert "another" not in str(outcome)


async def test_tls_from_the_first_word(tls: Certified) -> None:
    async with mail_server(tls=tls.server) as box:
        carrier = Mailer(server(box, security="tls", tls=tls.client, user=None, password=None))
        assert (await carrier.carry(MESSAGE)).result is Result.TAKEN
        await carrier.close()


async def test_a_server_that_nobody_vouches_for_gets_nothing(tls: Certified) -> None:
    box = MailBox()
    async with mail_server(**with_password(box, tls.server)) as there:
        box.port = there.port
        stranger = Mailer(server(box, tls=ssl.create_default_context()))
        assert (await stranger.carry(MESSAGE)).result is Result.NOT_NOW
        # By another name than the one it is known by.
        other = Mailer(server(box, host="127.0.0.1", tls=tls.client))
        assert (await other.carry(MESSAGE)).result is Result.NOT_NOW
        assert there.received == []


async def test_who_takes_the_offer_of_tls_away_gets_nothing(box: MailBox) -> None:
    outcome = await Mailer(server(box, tls=ssl.create_default_context())).carry(MESSAGE)
    assert outcome.result is Result.NOT_NOW, "it is about the server"
    assert box.received == []


# --- letters about accounts go the same way ---


async def test_letters_about_accounts_go_by_mail(shop: Shop, box: MailBox) -> None:
    carrier = mailer(box)
    post = Post(shop.services.database, Letters(carrier))
    async with shop.services.database.read_shared() as connection:
        for kind in LetterKind:
            await write(connection, ADA, kind, {"code": "fhc_1234"})
        await write(connection, "nobody", LetterKind.RESET, {"code": "fhc_1234"})
    await post.run_once()
    assert len(box.received) == len(LetterKind)
    texts = {mail.subject: mail.text for mail in box.received}
    assert "fhc_1234" in texts["A new password"]
    assert "fhc_" not in texts["Your password was changed"]
    assert await shop.fetchval("SELECT count(*) FROM letter") == 0, "also what can never go"
    await carrier.close()


async def test_a_letter_waits_while_the_server_is_away_and_not_for_ever(
    shop: Shop, box: MailBox
) -> None:
    await box.stop()
    post = Post(shop.services.database, Letters(mailer(box)))
    async with shop.services.database.read_shared() as connection:
        await write(connection, ADA, LetterKind.RESET, {"code": "fhc_1234"})
    await post.run_once()
    assert await shop.fetchval("SELECT count(*) FROM letter WHERE due_at > now()") == 1
    await shop.fetch("UPDATE letter SET due_at = now(), created_at = now() - interval '4 days'")
    await post.run_once()
    assert await shop.fetchval("SELECT count(*) FROM letter") == 0


async def test_letters_are_handed_over_before_others_take_them_too(shop: Shop) -> None:
    """One after the other, a slow server would have the last of twenty still waiting when they
    are due again."""
    under_way = most = 0

    class Slow:
        async def carry(self, letter: Letter) -> None:
            nonlocal under_way, most
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.01)
            under_way -= 1

    async with shop.services.database.read_shared() as connection:
        for _ in range(20):
            await write(connection, ADA, LetterKind.RESET, {"code": "fhc_1234"})
    await Post(shop.services.database, Slow()).run_once()
    assert most == 20
    assert carriers.SECONDS < 30
