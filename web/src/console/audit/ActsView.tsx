import { Code, Modal, Stack, Text, Title } from "@mantine/core";
import { api, page, type Schemas } from "@shared/api/client.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { type Column, DataTable } from "@shared/ui/DataTable.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import classes from "../parts/Copyable.module.css";
import { Facts } from "../parts/Facts.tsx";
import { ActorName, short } from "../parts/People.tsx";
import { given } from "../parts/search.ts";
import { Proof } from "./Proof.tsx";
import { SearchForm } from "./SearchForm.tsx";
import { isAct } from "./shown.ts";
import { AUDIT_TEXTS } from "./texts.ts";

type Act = Schemas["ActView"];

export function ActsView() {
  const t = useTexts(AUDIT_TEXTS);
  const { locale } = useLocale();
  const { actor, kind, subject } = useSearch({ from: "/inside/audit" });
  const [opened, setOpened] = useState<Act | null>(null);
  const columns: Column<Act>[] = [
    { key: "when", header: t.when, cell: ({ at }) => dateTime(at, locale) },
    { key: "kind", header: t.kind, cell: (act) => <Code>{act.kind}</Code> },
    { key: "actor", header: t.actor, cell: (act) => <ActorName actor={act.actor} /> },
    {
      key: "subject",
      header: t.subject,
      cell: ({ subject: about }) =>
        about === null ? null : (
          <Text size="sm" span title={about}>
            {short(about)}
          </Text>
        ),
    },
  ];
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t.actsWhat}
      </Text>
      <SearchForm
        label={t.acts}
        fields={[
          { name: "kind", label: t.kind, hint: t.kindHint },
          { name: "actor", label: t.actor, hint: t.actorHint },
          { name: "subject", label: t.subject, hint: t.subjectHint },
        ]}
      />
      <DataTable
        id="acts"
        minWidth={800}
        label={t.acts}
        columns={columns}
        rowKey={({ id }) => id}
        queryKey={["acts", kind, actor, subject]}
        load={(place) =>
          page(
            api.GET("/v1/audit/acts", {
              params: { query: { ...given({ kind, actor, subject }), ...place } },
            }),
          ).then(({ data }) => ({ data: data.data, next: data.next ?? null }))
        }
        onOpen={setOpened}
        empty={<EmptyState title={t.noActs}>{t.noActsWhat}</EmptyState>}
      />
      {opened === null ? null : <OneAct act={opened} onClose={() => setOpened(null)} />}
    </Stack>
  );
}

function OneAct({ act, onClose }: { act: Act; onClose: () => void }) {
  const t = useTexts(AUDIT_TEXTS);
  const { locale } = useLocale();
  return (
    <Modal
      opened
      onClose={onClose}
      title={act.kind}
      size="lg"
      attributes={{ header: { role: "none" } }}
      closeButtonProps={{ "aria-label": t.close }}
    >
      <Stack>
        <Facts
          of={[
            [t.when, dateTime(act.at, locale)],
            [t.actor, <ActorName key="actor" actor={act.actor} />],
            [t.subject, act.subject],
            [t.id, act.id],
          ]}
        />
        <Text fw={600} size="sm">
          {t.facts}
        </Text>
        <Code block className={classes.text ?? ""} tabIndex={0}>
          {JSON.stringify(act.facts, null, 2)}
        </Code>
        <Title order={3} size="h5">
          {t.proof}
        </Title>
        <Proof subject={act.id} number={null} isShown={(proof) => isAct(proof, act)} />
      </Stack>
    </Modal>
  );
}
