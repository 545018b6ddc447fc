import { Button, Modal, Stack, Text } from "@mantine/core";
import { api, page, type Schemas } from "@shared/api/client.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { EmptyState, ErrorState } from "@shared/ui/states.tsx";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { ActorName, short } from "../parts/People.tsx";
import { useOfferingId } from "../reservations/queries.ts";
import { KIND_TEXTS } from "../reservations/texts.ts";
import { Proof } from "./Proof.tsx";
import { SearchForm } from "./SearchForm.tsx";
import { isEntry } from "./shown.ts";
import { AUDIT_TEXTS } from "./texts.ts";

type Entry = Schemas["EntryView"];

export function LedgerView() {
  const t = useTexts(AUDIT_TEXTS);
  const { offering, reservation } = useSearch({ from: "/inside/audit" });
  const { error, id, pending } = useOfferingId(offering);
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t.ledgerWhat}
      </Text>
      <SearchForm
        label={t.ledger}
        fields={[
          {
            name: "offering",
            label: t.offering,
            hint: t.offeringHint,
            error: id === null ? t.noSuchOffering : undefined,
          },
          { name: "reservation", label: t.reservation, hint: t.reservationHint },
        ]}
      />
      {offering === undefined ? (
        <EmptyState title={t.choose}>{t.chooseWhat}</EmptyState>
      ) : error !== null ? (
        <ErrorState error={error} />
      ) : pending || !id ? null : (
        <Entries offering={id} reservation={reservation} />
      )}
    </Stack>
  );
}

function Entries({ offering, reservation }: { offering: string; reservation: string | undefined }) {
  const t = useTexts(AUDIT_TEXTS);
  const kinds = useTexts(KIND_TEXTS);
  const { locale } = useLocale();
  const [proving, setProving] = useState<Entry | null>(null);
  const columns: Column<Entry>[] = [
    { key: "seq", header: t.number, numeric: true, cell: ({ seq }) => seq },
    { key: "when", header: t.when, cell: ({ at }) => dateTime(at, locale) },
    { key: "kind", header: t.kind, cell: ({ kind }) => kinds[kind] },
    {
      key: "about",
      header: t.subject,
      cell: ({ reservation: about }) =>
        about === null ? null : (
          <TextLink
            to="/reservations/$reservation"
            params={{ reservation: about }}
            size="sm"
            title={about}
          >
            {short(about)}
          </TextLink>
        ),
    },
    { key: "actor", header: t.actor, cell: ({ actor }) => <ActorName actor={actor} /> },
    { key: "capacity", header: t.capacity, numeric: true, cell: ({ capacity }) => capacity },
    { key: "held", header: t.held, numeric: true, cell: ({ held }) => held },
    { key: "confirmed", header: t.confirmed, numeric: true, cell: ({ confirmed }) => confirmed },
    { key: "why", header: t.why, cell: ({ reason }) => reason ?? "" },
    {
      key: "prove",
      header: "",
      label: t.prove,
      cell: (entry) => (
        <Button
          size="compact-xs"
          variant="default"
          aria-label={t.proveOf(`${t.number} ${entry.seq}`)}
          onClick={() => setProving(entry)}
        >
          {t.prove}
        </Button>
      ),
    },
  ];
  return (
    <>
      <DataTable
        id="ledger"
        minWidth={1000}
        label={t.ledger}
        columns={columns}
        rowKey={({ seq }) => String(seq)}
        queryKey={["ledger", offering, reservation]}
        load={(place) =>
          page(
            api.GET("/v1/offerings/{offering}/ledger", {
              params: {
                path: { offering },
                query: { ...(reservation === undefined ? {} : { reservation }), ...place },
              },
            }),
          ).then(({ data }) => ({ data: data.data, next: data.next ?? null }))
        }
        empty={<EmptyState title={t.noEntries}>{t.noActsWhat}</EmptyState>}
      />
      <Modal
        opened={proving !== null}
        onClose={() => setProving(null)}
        title={t.proof}
        size="lg"
        attributes={{ header: { role: "none" } }}
        closeButtonProps={{ "aria-label": t.close }}
      >
        {proving === null ? null : (
          <Proof
            subject={offering}
            number={proving.seq}
            isShown={(proof) => isEntry(proof, offering, proving)}
          />
        )}
      </Modal>
    </>
  );
}
