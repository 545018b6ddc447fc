/** What was to be told, and what came of it. What was given up can be sent again. */
import { Button, Stack, Text } from "@mantine/core";
import { api, done, page } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { CustomerName, short } from "../parts/People.tsx";
import { Filters } from "./Filters.tsx";
import type { Channel, Kind } from "./kinds.ts";
import { NoticeDetails } from "./NoticeDetails.tsx";
import { type Notice, useSettings } from "./queries.ts";
import { StatusBadge } from "./StatusBadge.tsx";
import { isReservation, listQuery } from "./search.ts";
import { CHANNEL_TEXTS, KIND_TEXTS, NOTIFICATION_TEXTS } from "./texts.ts";

/** No live frame tells of notifications. */
const EVERY = 3_000;

export function SentView() {
  const t = useTexts(NOTIFICATION_TEXTS);
  const kinds = useTexts(KIND_TEXTS);
  const client = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ from: "/inside/notifications" });
  const asked = listQuery(search);
  const [opened, setOpened] = useState<Notice | null>(null);
  const [said, setSaid] = useState("");
  const refresh = () => void client.invalidateQueries({ queryKey: ["notifications"] });
  const again = useIntent<Notice, Notice>({
    run: (key, { id }) =>
      done(
        api.POST("/v1/notifications/{notification}/redeliver", {
          params: { path: { notification: id }, header: { "Idempotency-Key": key } },
        }),
      ),
    onDone: ({ kind }) => {
      setSaid(t.sentAgain(kinds[kind as Kind]));
      setOpened(null);
      refresh();
    },
    // Somebody else may have sent it again.
    onProblem: refresh,
  });
  const columns = useColumns(again.pending, again.start);
  const empty =
    Object.keys(asked).length === 0 ? (
      <NothingYet />
    ) : (
      <EmptyState title={t.noneLike}>{t.noneLikeWhat}</EmptyState>
    );
  const problem =
    again.problem === null ? null : (
      <ErrorState
        error={again.problem}
        onRepeat={again.problem.transient ? again.repeat : undefined}
      />
    );
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t.what}
      </Text>
      <Filters
        search={search}
        onSearch={(next) => void navigate({ to: "/notifications", search: next })}
      />
      <Text size="sm" role="status">
        {said}
      </Text>
      {opened === null ? problem : null}
      {asked.reservation !== undefined && !isReservation(asked.reservation) ? (
        empty
      ) : (
        <DataTable
          id="notifications"
          minWidth={1000}
          label={t.view_sent}
          columns={columns}
          rowKey={({ id }) => id}
          queryKey={["notifications", asked]}
          refresh={EVERY}
          load={(place) =>
            page(api.GET("/v1/notifications", { params: { query: { ...asked, ...place } } })).then(
              ({ data }) => ({ data: data.data, next: data.next ?? null }),
            )
          }
          onOpen={(notice) => {
            // What was refused was about another one.
            if (again.problem !== null) again.reset();
            setOpened(notice);
          }}
          empty={empty}
        />
      )}
      <NoticeDetails
        notice={opened}
        pending={again.pending}
        problem={problem}
        onAgain={again.start}
        onClose={() => setOpened(null)}
      />
    </Stack>
  );
}

function useColumns(pending: boolean, onAgain: (notice: Notice) => void): Column<Notice>[] {
  const t = useTexts(NOTIFICATION_TEXTS);
  const kinds = useTexts(KIND_TEXTS);
  const channels = useTexts(CHANNEL_TEXTS);
  const { locale } = useLocale();
  return [
    { key: "kind", header: t.kind, cell: ({ kind }) => kinds[kind as Kind] },
    { key: "channel", header: t.channel, cell: ({ channel }) => channels[channel as Channel] },
    {
      key: "to",
      header: t.to,
      cell: ({ address, customer }) => address ?? <CustomerName id={customer} />,
    },
    {
      key: "reservation",
      header: t.reservation,
      cell: ({ reservation }) => (
        <TextLink
          to="/reservations/$reservation"
          params={{ reservation }}
          size="sm"
          title={reservation}
          style={{ whiteSpace: "nowrap" }}
          onClick={(event) => event.stopPropagation()}
        >
          {short(reservation)}
        </TextLink>
      ),
    },
    {
      key: "status",
      header: t.status,
      cell: ({ ended_at: ended, next_at: next, attempts, status }) => (
        <>
          <StatusBadge status={status} />
          <Text size="xs" c="dimmed">
            {ended !== null
              ? dateTime(ended, locale)
              : next !== null && attempts > 0
                ? t.next(dateTime(next, locale))
                : ""}
          </Text>
        </>
      ),
    },
    { key: "attempts", header: t.attempts, numeric: true, cell: ({ attempts }) => attempts },
    { key: "due", header: t.due, cell: ({ due_at: due }) => dateTime(due, locale) },
    {
      key: "again",
      header: "",
      label: t.again,
      cell: (notice) =>
        notice.status === "failed" ? (
          <Button
            size="compact-xs"
            variant="default"
            disabled={pending}
            aria-label={t.againOf(kinds[notice.kind as Kind], notice.address ?? "")}
            onClick={(event) => {
              event.stopPropagation();
              onAgain(notice);
            }}
          >
            {t.again}
          </Button>
        ) : null,
    },
  ];
}

function NothingYet() {
  const t = useTexts(NOTIFICATION_TEXTS);
  const { data, isPending } = useSettings();
  if (isPending) return <LoadingState rows={1} />;
  if (data === undefined || data.channels.length > 0)
    return <EmptyState title={t.none}>{t.noneWhat}</EmptyState>;
  return (
    <EmptyState title={t.notSetUp}>
      <Text c="dimmed">{t.notSetUpWhat}</Text>
      <ButtonLink to="/notifications" search={{ view: "settings" }} size="xs">
        {t.setUp}
      </ButtonLink>
    </EmptyState>
  );
}
