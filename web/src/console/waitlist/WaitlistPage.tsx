/** Who waits for what, in which place, and what is offered to whom until when. */
import { Button, Group, NativeSelect, Text, TextInput } from "@mantine/core";
import { api, done, page, type Schemas } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useMay } from "@shared/auth/useSession.ts";
import { dateTime } from "@shared/format/time.ts";
import { type Locale, useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { useLive } from "@shared/live/live.ts";
import { ConfirmDialog } from "@shared/ui/ConfirmDialog.tsx";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, type ReactNode, useState } from "react";
import { EntryState } from "./EntryState.tsx";
import { STATUSES, type WaitlistSearch } from "./routes.ts";
import { WAITLIST_TEXTS, type WaitlistTexts } from "./texts.ts";
import { nameMeanwhile, useOfferingName } from "./useOfferingName.ts";

type Entry = Schemas["WaitView"];

export function WaitlistPage() {
  const t = useTexts(WAITLIST_TEXTS);
  const { locale } = useLocale();
  const search = useSearch({ from: "/inside/waitlist" });
  const navigate = useNavigate();
  const client = useQueryClient();
  const mayRemove = useMay("reservations:write");
  const [asked, setAsked] = useState<Entry | null>(null);
  const [said, setSaid] = useState("");
  const of = useOfferingName(search.offering);
  useLive({ feed: useMay("ledger:read") });
  const show = (next: WaitlistSearch) => void navigate({ to: "/waitlist", search: next });
  const remove = useIntent<Entry, Entry>({
    run: (key, { id }) =>
      done(
        api.DELETE("/v1/waitlist/{entry}", {
          params: { path: { entry: id }, header: { "Idempotency-Key": key } },
        }),
      ),
    onDone: ({ customer }) => {
      setAsked(null);
      setSaid(t.removed(customer));
      void client.invalidateQueries({ queryKey: ["waitlist"] });
    },
    onProblem: () => setAsked(null),
  });

  const status = search.status ?? "waiting";
  const filters = {
    ...(status === "any" ? {} : { status }),
    ...(search.offering === undefined ? {} : { offering: search.offering }),
    ...(search.customer === undefined ? {} : { customer: search.customer }),
  };
  const columns = columnsOf(t, locale, {
    linked: search.offering === undefined,
    onRemove: mayRemove ? setAsked : null,
  });
  return (
    <Screen title={search.offering === undefined ? t.title : t.titleOf(of ?? "…")}>
      <Filters key={search.customer} search={search} onShow={show} />
      <div>
        <Text size="sm" c="dimmed">
          {t.automatic}
        </Text>
        <Text size="sm" fw={600} role="status">
          {said}
        </Text>
      </div>
      {remove.problem === null ? null : (
        <ErrorState
          error={remove.problem}
          onRepeat={remove.problem.transient ? remove.repeat : undefined}
        />
      )}
      <DataTable
        label={t.title}
        id="waitlist"
        columns={columns}
        rowKey={({ id }) => id}
        queryKey={["waitlist", "all", filters]}
        load={async ({ cursor, limit }) => {
          const query = { ...filters, limit, ...(cursor === undefined ? {} : { cursor }) };
          const found = await page(api.GET("/v1/waitlist", { params: { query } }));
          return { data: found.data.data, next: found.data.next ?? null };
        }}
        empty={
          status === "waiting" && Object.keys(filters).length === 1 ? (
            <EmptyState title={t.noneWaiting}>{t.noneWaitingWhat}</EmptyState>
          ) : (
            <EmptyState title={t.none}>{t.noneWhat}</EmptyState>
          )
        }
      />
      <ConfirmDialog
        opened={asked !== null}
        title={t.removeTitle(asked?.customer ?? "")}
        action={t.remove}
        pending={remove.pending}
        onConfirm={() => asked !== null && remove.start(asked)}
        onClose={() => setAsked(null)}
      >
        {asked?.status === "offered" ? t.removeOffer : t.removeWhat}
      </ConfirmDialog>
    </Screen>
  );
}

interface ColumnOptions {
  /** Whether the name leads to the whole line. */
  linked: boolean;
  onRemove: ((entry: Entry) => void) | null;
}

function columnsOf(
  t: WaitlistTexts,
  locale: Locale,
  { linked, onRemove }: ColumnOptions,
): Column<Entry>[] {
  const columns: Column<Entry>[] = [
    {
      key: "position",
      header: t.position,
      numeric: true,
      cell: (it) => <Wide least={56}>{it.position ?? ""}</Wide>,
    },
    {
      key: "customer",
      header: t.customer,
      cell: (it) => <Wide least={150}>{it.customer}</Wide>,
    },
    {
      key: "what",
      header: t.what,
      cell: (it) => (
        <Wide least={180}>
          <Offering entry={it} linked={linked} />
        </Wide>
      ),
    },
    {
      key: "quantity",
      header: t.quantity,
      numeric: true,
      cell: (it) => <Wide least={56}>{it.quantity}</Wide>,
    },
    {
      key: "since",
      header: t.since,
      cell: (it) => <Wide least={150}>{dateTime(it.created_at, locale)}</Wide>,
    },
    {
      key: "state",
      header: t.state,
      cell: (it) => (
        <Wide least={150}>
          <EntryState entry={it} />
        </Wide>
      ),
    },
  ];
  if (onRemove === null) return columns;
  const remove = (it: Entry) =>
    it.status === "waiting" || it.status === "offered" ? (
      <Button
        size="xs"
        variant="default"
        aria-label={t.removeLabel(it.customer, nameMeanwhile(it, locale))}
        onClick={() => onRemove(it)}
      >
        {t.remove}
      </Button>
    ) : null;
  return [...columns, { key: "remove", header: t.action, cell: remove }];
}

/** A cell that is not squeezed on a phone; the table is scrolled instead. */
function Wide({ children, least }: { children: ReactNode; least: number }) {
  return <div style={{ minWidth: least }}>{children}</div>;
}

interface FiltersProps {
  search: WaitlistSearch;
  onShow: (search: WaitlistSearch) => void;
}

function Filters({ onShow, search }: FiltersProps) {
  const t = useTexts(WAITLIST_TEXTS);
  const [customer, setCustomer] = useState(search.customer ?? "");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { customer: _, ...rest } = search;
    const wanted = customer.trim();
    onShow(wanted === "" ? rest : { ...rest, customer: wanted });
  };
  return (
    <form onSubmit={submit}>
      <Group align="end" gap="xs">
        <NativeSelect
          label={t.status}
          value={search.status ?? "waiting"}
          data={[
            ...STATUSES.map((value) => ({ value, label: t[value] })),
            { value: "any", label: t.any },
          ]}
          onChange={(event) => {
            const { status: _, ...rest } = search;
            const chosen = event.currentTarget.value;
            const status = [...STATUSES, "any" as const].find((it) => it === chosen);
            onShow(status === undefined || status === "waiting" ? rest : { ...rest, status });
          }}
        />
        <TextInput
          label={t.customer}
          placeholder={t.customerWhat}
          value={customer}
          maxLength={320}
          onChange={(event) => setCustomer(event.currentTarget.value)}
        />
        <Button type="submit" variant="default">
          {t.search}
        </Button>
        {search.offering === undefined ? null : (
          <Button
            variant="subtle"
            onClick={() => {
              const { offering: _, ...rest } = search;
              onShow(rest);
            }}
          >
            {t.clear}
          </Button>
        )}
      </Group>
    </form>
  );
}

function Offering({ entry, linked }: { entry: Entry; linked: boolean }) {
  const t = useTexts(WAITLIST_TEXTS);
  const { locale } = useLocale();
  const name = useOfferingName(entry.offering) ?? nameMeanwhile(entry, locale);
  if (!linked) return name;
  return (
    <TextLink
      from="/waitlist"
      to="/waitlist"
      search={(before) => ({ ...before, offering: entry.offering })}
      title={t.line}
    >
      {name}
    </TextLink>
  );
}
