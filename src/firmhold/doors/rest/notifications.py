"""`/v1/notifications`: what customers are told about their reservations, and how."""

from datetime import datetime

from firmhold.domain.errors import Code
from firmhold.doors.rest.organization import NOT_FOUND
from firmhold.doors.rest.shapes.notifications import (
    NotificationSettingsRequest,
    NotificationSettingsView,
    NotificationsQuery,
    NotificationView,
    PreferencesRequest,
    PreferencesView,
    PreviewRequest,
    RenderedView,
    TemplateRequest,
    TemplateView,
)
from firmhold.doors.shared.ids import require_id
from firmhold.doors.shared.operation import Call, Example, KeyUse, Operation, operation
from firmhold.doors.shared.pages import number_cursor, page
from firmhold.doors.shared.problem import problem
from firmhold.doors.shared.reply import Reply, encode, json_reply
from firmhold.doors.shared.submitting import act_of, reply_to
from firmhold.doors.shared.text import given_in
from firmhold.identity.permissions import Permission
from firmhold.notify.notices.notices import (
    Notice,
    NoticeSettings,
    Preferences,
    WrittenTemplate,
    kind_of,
)
from firmhold.notify.notices.sample import preview
from firmhold.notify.notices.template import Template

TABLE: list[Operation] = []
TAG = "notifications"

TEMPLATE = {"kind": "reminder", "language": "a language"}
WORDS = {"subject": "See you soon: {title}", "text": "Hello {customer},\n\n{lines}\n\n{address}"}


@operation(
    "GET",
    "/v1/notifications",
    table=TABLE,
    tag=TAG,
    permission=Permission.NOTIFICATIONS_WRITE,
    query=NotificationsQuery,
    answer=list[NotificationView],
    refusals=(Code.NOT_FOUND,),
    example=Example(query="status=failed"),
)
async def list_notifications(call: Call) -> Reply:
    """What was to be told, the newest first, and what came of it. What is over is kept for thirty
    days."""
    query: NotificationsQuery = call.query
    if query.reservation is not None:
        require_id(query.reservation, "rsv_", "reservation")
    found = await call.services.notices.page(
        call.organization,
        number_cursor(query.cursor),
        query.limit,
        status=query.status,
        kind=query.kind,
        channel=query.channel,
        reservation=query.reservation,
    )
    more = found[-1].number if len(found) == query.limit else None
    return page("/v1/notifications", query, [_view(it) for it in found], more)


@operation(
    "POST",
    "/v1/notifications/{notification}/redeliver",
    table=TABLE,
    tag=TAG,
    permission=Permission.NOTIFICATIONS_WRITE,
    answer=NotificationView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path={"notification": "a notification"}),
)
async def redeliver_notification(call: Call) -> Reply:
    """Try one again that was given up, from the beginning and with the same id."""
    id = require_id(call.path["notification"], "ntf_", "notification")

    async def again(connection: object, now: datetime) -> tuple[str, int, bytes]:
        notice = await call.services.notices.again(connection, call.organization, id)
        return id, 200, encode(_view(notice))

    return reply_to(await call.services.catalogue.effect(call.organization, act_of(call), again))


@operation(
    "GET",
    "/v1/notifications/settings",
    table=TABLE,
    tag=TAG,
    permission=Permission.NOTIFICATIONS_WRITE,
    answer=NotificationSettingsView,
    example=Example(),
)
async def get_notification_settings(call: Call) -> Reply:
    """How customers are told about their reservations."""
    return json_reply(200, _settings(await call.services.notices.settings(call.organization)))


@operation(
    "PUT",
    "/v1/notifications/settings",
    table=TABLE,
    tag=TAG,
    permission=Permission.NOTIFICATIONS_WRITE,
    body=NotificationSettingsRequest,
    answer=NotificationSettingsView,
    key=KeyUse.HONOURED,
    refusals=(Code.OVERLOADED,),
    example=Example(body={"channels": ["email"], "reminder_minutes": [1440, 60]}),
)
async def put_notification_settings(call: Call) -> Reply:
    """Tell customers so from now on. Reminders are planned when a reservation is confirmed or
    moved: for those that were before, it stays as it was."""
    body: NotificationSettingsRequest = call.body
    wanted = NoticeSettings(
        tuple(body.channels),
        tuple(body.kinds),
        body.language,
        tuple(body.reminder_minutes),
        body.expiry_seconds,
        None,
    )

    async def put(connection: object, now: datetime) -> tuple[str, int, bytes]:
        put = await call.services.notices.put_settings(connection, call.organization, wanted)
        return call.organization, 200, encode(_settings(put))

    return reply_to(await call.services.catalogue.effect(call.organization, act_of(call), put))


@operation(
    "GET",
    "/v1/notifications/templates",
    table=TABLE,
    tag=TAG,
    permission=Permission.NOTIFICATIONS_WRITE,
    answer=list[TemplateView],
    example=Example(),
)
async def list_notification_templates(call: Call) -> Reply:
    """Every template that is used: the organization's own, and what comes with Firmhold where it
    has none."""
    found = await call.services.notices.templates(call.organization)
    return json_reply(200, {"data": [_template(it) for it in found], "next": None})


@operation(
    "GET",
    "/v1/notifications/templates/{kind}/{language}",
    table=TABLE,
    tag=TAG,
    permission=Permission.NOTIFICATIONS_WRITE,
    answer=TemplateView,
    refusals=(Code.NOT_FOUND,),
    example=Example(path=TEMPLATE),
)
async def get_notification_template(call: Call) -> Reply:
    """The template of a kind in a language."""
    kind, language = _named(call)
    return json_reply(
        200, _template(await call.services.notices.template(call.organization, kind, language))
    )


@operation(
    "PUT",
    "/v1/notifications/templates/{kind}/{language}",
    table=TABLE,
    tag=TAG,
    permission=Permission.NOTIFICATIONS_WRITE,
    body=TemplateRequest,
    answer=TemplateView,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.LIMIT_EXCEEDED, Code.OVERLOADED),
    example=Example(path=TEMPLATE, body=WORDS),
)
async def put_notification_template(call: Call) -> Reply:
    """Tell it in these words from now on. A place that there is none of is refused by its name."""
    kind, language = _named(call)
    words = Template(call.body.subject, call.body.text)

    async def put(connection: object, now: datetime) -> tuple[str, int, bytes]:
        put = await call.services.notices.put_template(
            connection, call.organization, kind, language, words
        )
        return call.organization, 200, encode(_template(put))

    return reply_to(await call.services.catalogue.effect(call.organization, act_of(call), put))


@operation(
    "DELETE",
    "/v1/notifications/templates/{kind}/{language}",
    table=TABLE,
    tag=TAG,
    permission=Permission.NOTIFICATIONS_WRITE,
    status=204,
    key=KeyUse.HONOURED,
    refusals=(Code.NOT_FOUND, Code.OVERLOADED),
    example=Example(path=TEMPLATE),
)
async def delete_notification_template(call: Call) -> Reply:
    """Use the words that come with Firmhold again."""
    kind, language = _named(call)

    async def remove(connection: object, now: datetime) -> tuple[str, int, bytes]:
        await call.services.notices.remove_template(connection, call.organization, kind, language)
        return call.organization, 204, b""

    return reply_to(await call.services.catalogue.effect(call.organization, act_of(call), remove))


@operation(
    "POST",
    "/v1/notifications/templates/{kind}/{language}/preview",
    table=TABLE,
    tag=TAG,
    permission=Permission.NOTIFICATIONS_WRITE,
    body=PreviewRequest,
    answer=RenderedView,
    effect=False,
    refusals=(Code.NOT_FOUND,),
    example=Example(path=TEMPLATE, body=WORDS),
)
async def preview_notification_template(call: Call) -> Reply:
    """What a template makes of made-up data: the one that is used, or what the body has instead.
    Nothing is kept or sent."""
    kind, language = _named(call)
    given = {} if call.body is None else given_in(call.body)
    if len(given) < 2:
        used = await call.services.notices.template(call.organization, kind, language)
        given = {"subject": used.subject, "text": used.text} | given
    organization = await call.services.directory.organization(call.organization)
    if organization is None:
        return problem(NOT_FOUND)
    words = preview(kind_of(kind), language, Template(**given), organization.name)
    return json_reply(200, RenderedView(*words))


@operation(
    "GET",
    "/v1/notifications/preferences",
    table=TABLE,
    tag=TAG,
    permission=Permission.NOTIFICATIONS_OWN,
    answer=PreferencesView,
    example=Example(),
)
async def get_notification_preferences(call: Call) -> Reply:
    """What you want to be told about your reservations here, and how."""
    found = await call.services.notices.preferences(call.organization, _own(call))
    return json_reply(200, _preferences(found))


@operation(
    "PUT",
    "/v1/notifications/preferences",
    table=TABLE,
    tag=TAG,
    permission=Permission.NOTIFICATIONS_OWN,
    body=PreferencesRequest,
    answer=PreferencesView,
    key=KeyUse.HONOURED,
    refusals=(Code.OVERLOADED,),
    example=Example(body={"language": "de", "kinds_off": ["reminder"]}),
)
async def put_notification_preferences(call: Call) -> Reply:
    """Say what you want to be told, and how. It holds at once, also for what has been planned."""
    body: PreferencesRequest = call.body
    wanted = Preferences(body.language, body.phone, tuple(body.kinds_off), tuple(body.channels_off))

    async def put(connection: object, now: datetime) -> tuple[str, int, bytes]:
        put = await call.services.notices.put_preferences(
            connection, call.organization, _own(call), wanted
        )
        return _own(call), 200, encode(_preferences(put))

    return reply_to(await call.services.catalogue.effect(call.organization, act_of(call), put))


def _named(call: Call) -> tuple[str, str]:
    return kind_of(call.path["kind"]).value, call.path["language"]


def _own(call: Call) -> str:
    customer = call.actor.customer
    assert customer is not None, "only users have this permission"
    return customer


def _settings(settings: NoticeSettings) -> NotificationSettingsView:
    return NotificationSettingsView(
        list(settings.channels),
        [str(it) for it in settings.kinds],
        settings.language,
        list(settings.reminder_minutes),
        settings.expiry_seconds,
        settings.updated_at,
    )


def _template(template: WrittenTemplate) -> TemplateView:
    return TemplateView(*template)


def _preferences(preferences: Preferences) -> PreferencesView:
    return PreferencesView(
        preferences.language,
        preferences.phone,
        list(preferences.kinds_off),
        list(preferences.channels_off),
    )


def _view(notice: Notice) -> NotificationView:
    facts = notice._asdict()
    del facts["number"]
    return NotificationView(**facts)
