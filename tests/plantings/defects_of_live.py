"""Defects of what is told: the end of the ledger, live subscribers and webhooks. See `defects`."""

from __future__ import annotations

from tests.plantings.defects import Defect

TAIL = "tests/relay/test_tail.py"
HUB = "tests/relay/test_hub.py"
WORDS = "tests/live/test_words.py"
PATIENCE = "tests/live/test_patience.py"
WATCHING = "tests/doors/graphql/test_watching.py"
METRICS = "tests/doors/test_metrics.py"
DELIVERY = "tests/webhooks/test_delivery.py"
CONNECTIONS = "tests/webhooks/test_connections.py"
ADDRESSES = "tests/webhooks/test_addresses.py"
RULES = "tests/webhooks/test_rules.py"

DEFECTS_OF_LIVE = (
    Defect(
        "what is committed after something with a higher number is never told",
        "relay/tail.py",
        "    late = await _entries_of(connection, after.missing, of, now)\n",
        "    late = await _entries_of(connection, (), of, now)\n",
        (TAIL,),
    ),
    Defect(
        "of a reading that is cut short, an effect is told before its cause",
        "relay/tail.py",
        "        if not causes:\n",
        "        if causes or not causes:\n",
        (TAIL,),
    ),
    Defect(
        "what came while a subscriber was entered is told twice",
        "relay/subscription.py",
        "            if not self._start.has_seen(told.xid):\n                self._take(told)\n",
        "            self._take(told)\n",
        (HUB,),
    ),
    Defect(
        "what happens while a subscriber is entered is lost",
        "relay/subscription.py",
        "        for told in early:\n            self.tell(told)\n",
        "",
        (HUB,),
    ),
    Defect(
        "whoever was away for long is told to look anew although it was all read for them",
        "relay/subscription.py",
        "        self._most_events = MOST_EVENTS + len(missed) + len(early)\n",
        "        self._most_events = MOST_EVENTS\n",
        (HUB,),
    ),
    Defect(
        "whoever knows an id hears of another organization",
        "relay/hub.py",
        "                    if one.organization == organization:\n",
        "                    if one.organization:\n",
        (HUB,),
    ),
    Defect(
        "a hub that is in the middle of a backlog says that it has told all",
        "relay/hub.py",
        "        if reading.is_all:\n            self._all_told_at",
        "        if reading.position:\n            self._all_told_at",
        (HUB,),
    ),
    Defect(
        "a frame has the cursor of an earlier one with the same events",
        "doors/live/words.py",
        "        id(news.position),\n",
        "",
        (WORDS,),
    ),
    Defect(
        "counts and events of a frame are taken for those of another",
        "doors/live/words.py",
        "        len(news.availability),\n",
        "",
        (WORDS,),
    ),
    Defect(
        "a frame of 126 bytes has the wrong head",
        "doors/live/words.py",
        "    if length < 126:\n",
        "    if length <= 126:\n",
        (WORDS,),
    ),
    Defect(
        "an endpoint gets another share before it has done with the first",
        "store/queries/webhooks.sql",
        "           $3 - coalesce(busy.deliveries, 0) AS share\n",
        "           $3::integer AS share\n",
        (DELIVERY,),
    ),
    Defect(
        "what comes after a delivery that was given up waits for ever",
        "notify/webhooks/sending.py",
        '            if status != "waiting":\n',
        '            if status == "delivered":\n',
        (DELIVERY,),
    ),
    Defect(
        "what is put by as the one before ends is forgotten",
        "store/queries/webhooks.sql",
        "    FOR UPDATE OF e SKIP LOCKED\n)\n",
        ")\n",
        (DELIVERY,),
    ),
    Defect(
        "what waits for another of its subject is looked through again and again",
        "store/queries/webhooks.sql",
        "UPDATE webhook_delivery AS d SET next_at = 'infinity'\n",
        "UPDATE webhook_delivery AS d SET next_at = d.next_at\n",
        (DELIVERY,),
    ),
    Defect(
        "one name at an address lets in all others there",
        "notify/webhooks/posting.py",
        "        place = Place(parts.scheme, host, port, address)\n",
        "        place = Place(parts.scheme, address, port, address)\n",
        (CONNECTIONS,),
    ),
    Defect(
        "a connection leads to where the name was before",
        "notify/webhooks/posting.py",
        "        place = Place(parts.scheme, host, port, address)\n"
        '        target = parts._replace(netloc=f"{pinned}:{port}").geturl()\n',
        '        place = Place(parts.scheme, host, port, "")\n        target = url\n',
        (CONNECTIONS,),
    ),
    Defect(
        "what a receiver breaks off is sent twice at once",
        "notify/webhooks/posting.py",
        "                    if found.new_connection or not again:\n",
        "                    if not again:\n",
        (CONNECTIONS,),
    ),
    Defect(
        "a certificate is looked at for the address and not for the name",
        "notify/webhooks/posting.py",
        '        extensions={"sni_hostname": host, "trace": found},\n',
        '        extensions={"trace": found},\n',
        (CONNECTIONS,),
    ),
    Defect(
        "one public address is enough, whatever others a name has",
        "notify/webhooks/addresses.py",
        "    if not private and not all(is_public",
        "    if not private and not any(is_public",
        (ADDRESSES,),
    ),
    Defect(
        "a receiver says that it is to be tried again at once",
        "notify/webhooks/rules.py",
        "max(pause, min(asked, LONGEST_PAUSE))",
        "min(asked, LONGEST_PAUSE)",
        (RULES,),
    ),
    Defect(
        "what was committed late does not count as late",
        "relay/tail.py",
        "        after.missing,\n        AT_ONCE,\n",
        "        (),\n        AT_ONCE,\n",
        (METRICS,),
    ),
    Defect(
        "whoever is signed out goes on hearing what happens",
        "doors/live/socket.py",
        "        if monotonic() - self._known_at < HEARTBEAT:\n",
        "        if monotonic() - self._known_at >= 0:\n",
        (PATIENCE,),
    ),
    Defect(
        "whoever is signed out goes on watching by GraphQL",
        "doors/graphql/staying.py",
        "                if monotonic() - known_at >= HEARTBEAT:\n",
        "                if monotonic() - known_at < 0:\n",
        (WATCHING,),
    ),
)
