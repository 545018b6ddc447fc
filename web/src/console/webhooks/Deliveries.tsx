/** What was to be sent, and what came of it. What was given up is kept to be sent again. */
import { Badge, Button, NativeSelect, Stack, Text, Title } from "@mantine/core";
import { api, done, page, type Schemas } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { EmptyState, ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { short } from "../parts/People.tsx";
import { WEBHOOK_TEXTS } from "./texts.ts";
import { DELIVERY_STATUSES, type DeliveryStatus } from "./types.ts";

type Delivery = Schemas["DeliveryView"];

const COLOURS: Record<DeliveryStatus, string> = {
  waiting: "yellow",
  delivered: "green",
  failed: "red",
};
/** No live frame tells of deliveries. */
const EVERY = 3_000;

export function Deliveries({ webhook }: { webhook: string }) {
  const t = useTexts(WEBHOOK_TEXTS);
  const { locale } = useLocale();
  const { status } = useSearch({ from: "/inside/webhooks/$webhook" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const [said, setSaid] = useState("");
  const again = useIntent<Delivery, Delivery>({
    run: (key, { event }) =>
      done(
        api.POST("/v1/webhooks/{webhook}/deliveries/{event}/redeliver", {
          params: { path: { webhook, event }, header: { "Idempotency-Key": key } },
        }),
      ),
    onDone: ({ type }) => {
      setSaid(t.sentAgain(type));
      void client.invalidateQueries({ queryKey: ["deliveries", webhook] });
    },
  });
  const choose = (chosen: string) =>
    void navigate({
      to: "/webhooks/$webhook",
      params: { webhook },
      search: chosen === "" ? {} : { status: chosen as DeliveryStatus },
    });

  const columns: Column<Delivery>[] = [
    {
      key: "event",
      header: t.event,
      cell: ({ event, type }) => (
        <>
          <Text size="sm">{type}</Text>
          <Text size="xs" c="dimmed" title={event}>
            {short(event)}
          </Text>
        </>
      ),
    },
    { key: "about", header: t.about, cell: ({ subject }) => <Subject id={subject} /> },
    {
      key: "status",
      header: t.status,
      cell: ({ status }) => (
        <Badge
          miw="max-content"
          color={COLOURS[status as DeliveryStatus]}
          variant="light"
          tt="none"
        >
          {t[status as DeliveryStatus]}
        </Badge>
      ),
    },
    { key: "attempts", header: t.attempts, numeric: true, cell: ({ attempts }) => attempts },
    {
      key: "answer",
      header: t.answer,
      cell: ({ answer, error, milliseconds, next_at, status }) => (
        <>
          <Text size="sm">
            {[answer, milliseconds === null ? null : t.ms(milliseconds)]
              .filter((it) => it !== null)
              .join(", ")}
          </Text>
          <Text size="xs" c="dimmed">
            {error}
          </Text>
          {status === "waiting" && next_at !== null ? (
            <Text size="xs" c="dimmed">
              {t.next}: {dateTime(next_at, locale)}
            </Text>
          ) : null}
        </>
      ),
    },
    { key: "when", header: t.when, cell: ({ created_at }) => dateTime(created_at, locale) },
    {
      key: "again",
      header: "",
      label: t.again,
      cell: (delivery) => (
        <Button
          size="compact-xs"
          variant="default"
          disabled={again.pending}
          aria-label={t.againOf(delivery.type)}
          onClick={() => again.start(delivery)}
        >
          {t.again}
        </Button>
      ),
    },
  ];
  return (
    <Stack component="section" gap="xs" aria-label={t.deliveries}>
      <Title order={2} size="h4">
        {t.deliveries}
      </Title>
      <Text size="sm" c="dimmed">
        {t.deliveriesWhat}
      </Text>
      <NativeSelect
        label={t.status}
        size="xs"
        w={180}
        value={status ?? ""}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          { value: "", label: t.anyStatus },
          ...DELIVERY_STATUSES.map((value) => ({ value, label: t[value] })),
        ]}
      />
      <Text size="sm" role="status">
        {said}
      </Text>
      {again.problem === null ? null : (
        <ErrorState
          error={again.problem}
          onRepeat={again.problem.transient ? again.repeat : undefined}
        />
      )}
      <DataTable
        id="deliveries"
        minWidth={1000}
        label={t.deliveries}
        columns={columns}
        rowKey={({ event }) => event}
        queryKey={["deliveries", webhook, status]}
        refresh={EVERY}
        load={(place) =>
          page(
            api.GET("/v1/webhooks/{webhook}/deliveries", {
              params: { path: { webhook }, query: { ...(status ? { status } : {}), ...place } },
            }),
          ).then(({ data }) => ({ data: data.data, next: data.next ?? null }))
        }
        empty={
          status === undefined ? (
            <EmptyState title={t.noDeliveries}>{t.noDeliveriesWhat}</EmptyState>
          ) : (
            <EmptyState title={t.noneLike}>{t.noneLikeWhat}</EmptyState>
          )
        }
      />
    </Stack>
  );
}

function Subject({ id }: { id: string }) {
  if (!id.startsWith("rsv_"))
    return (
      <Text size="sm" span title={id}>
        {short(id)}
      </Text>
    );
  return (
    <TextLink to="/reservations/$reservation" params={{ reservation: id }} size="sm" title={id}>
      {short(id)}
    </TextLink>
  );
}
