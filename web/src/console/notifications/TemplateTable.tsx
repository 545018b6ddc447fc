/** Kinds and languages: whose words are used for each. */
import { Stack, Table, Text } from "@mantine/core";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { type RefObject, useEffect, useRef } from "react";
import { KINDS, type Kind } from "./kinds.ts";
import { languageName } from "./languages.ts";
import { NewLanguage } from "./NewLanguage.tsx";
import type { Template } from "./queries.ts";
import { languagesOf, templateOf } from "./templates.ts";
import { TEMPLATE_TEXTS } from "./templateTexts.ts";
import { KIND_TEXTS } from "./texts.ts";

interface TemplateTableProps {
  templates: readonly Template[];
  /** Languages in which nothing is written yet. */
  begun: readonly string[];
  /** The one that was open before. */
  opened: RefObject<string | null>;
  onBegin: (language: string) => void;
}

export function TemplateTable({ begun, onBegin, opened, templates }: TemplateTableProps) {
  const t = useTexts(TEMPLATE_TEXTS);
  const kinds = useTexts(KIND_TEXTS);
  const { locale } = useLocale();
  const table = useRef<HTMLTableElement>(null);
  useEffect(() => {
    if (opened.current === null) return;
    table.current
      ?.querySelector<HTMLElement>(`[data-template="${CSS.escape(opened.current)}"]`)
      ?.focus();
  }, [opened]);
  const languages = languagesOf(templates, begun);
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {t.what}
      </Text>
      <Table.ScrollContainer
        type="native"
        minWidth={150 + 190 * languages.length}
        tabIndex={0}
        role="group"
        aria-label={t.all}
      >
        <Table aria-label={t.all} ref={table} verticalSpacing={6} layout="fixed">
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col" w={150}>
                {t.kind}
              </Table.Th>
              {languages.map((language) => (
                <Table.Th key={language} scope="col">
                  {languageName(language, locale)} ({language})
                </Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {KINDS.map((kind) => (
              <Table.Tr key={kind}>
                <Table.Th scope="row" fw={600} style={{ whiteSpace: "normal" }}>
                  {kinds[kind]}
                </Table.Th>
                {languages.map((language) => (
                  <Table.Td key={language}>
                    <Cell
                      kind={kind}
                      language={language}
                      template={templateOf(templates, kind, language)}
                    />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      <NewLanguage languages={languages} onBegin={onBegin} />
    </Stack>
  );
}

interface CellProps {
  kind: Kind;
  language: string;
  template: Template | undefined;
}

function Cell({ kind, language, template }: CellProps) {
  const t = useTexts(TEMPLATE_TEXTS);
  const kinds = useTexts(KIND_TEXTS);
  const { locale } = useLocale();
  const changed = template?.updated_at ?? null;
  const state = template === undefined ? t.missing : changed === null ? t.shipped : t.own;
  return (
    <>
      <TextLink
        to="/notifications"
        search={{ view: "templates", kind, language }}
        size="sm"
        {...(changed === null ? {} : { fw: 600 })}
        aria-label={t.named(state, kinds[kind], languageName(language, locale))}
        data-template={`${kind} ${language}`}
      >
        {state}
      </TextLink>
      {changed === null ? null : (
        <Text size="xs" c="dimmed">
          {t.changed(dateTime(changed, locale))}
        </Text>
      )}
    </>
  );
}
