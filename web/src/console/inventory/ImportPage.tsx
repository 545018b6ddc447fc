/** Many new items at once, from a spreadsheet: all of them or none. */
import {
  Alert,
  Button,
  FileButton,
  Group,
  List,
  Stack,
  Table,
  Text,
  Textarea,
} from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { money } from "@shared/format/money.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { csv, download } from "@shared/ui/csv.ts";
import { ButtonLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { scrolled } from "@shared/ui/scrolled.ts";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { COLUMNS, type LineProblem, MOST_ITEMS, type NewItem, parseItems } from "./csvItems.ts";
import { INVENTORY_TEXTS } from "./texts.ts";

const SHOWN = 10;
const EXAMPLE = ["LAMP-7", "Desk lamp", 40, "", 49, "EUR", "", "", 1, "", 2, 600];

export function ImportPage() {
  const t = useTexts(INVENTORY_TEXTS);
  const client = useQueryClient();
  const [text, setText] = useState("");
  const { items, problems } = parseItems(text);
  const create = useIntent<NewItem[], number>({
    run: async (key, all) => {
      const header = { "Idempotency-Key": key };
      await done(api.POST("/v1/items/bulk", { params: { header }, body: { items: all } }));
      return all.length;
    },
    onDone: () => {
      setText("");
      void client.invalidateQueries({ queryKey: ["offerings"] });
    },
  });
  const { pending, problem, result, start } = create;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start(items);
  };
  const change = (now: string) => {
    create.reset();
    setText(now);
  };
  const take = async (file: File | null) => {
    if (file !== null) change(await file.text());
  };
  return (
    <Screen title={t.import}>
      <form onSubmit={submit}>
        <Stack maw={860}>
          <Text size="sm">{t.importWhat(MOST_ITEMS)}</Text>
          <Group gap="xs">
            <FileButton onChange={(file) => void take(file)} accept=".csv,text/csv,text/plain">
              {(props) => (
                <Button variant="default" {...props}>
                  {t.chooseFile}
                </Button>
              )}
            </FileButton>
            <Button
              variant="subtle"
              onClick={() => download("items.csv", csv([[...COLUMNS], EXAMPLE]))}
            >
              {t.template}
            </Button>
          </Group>
          <Textarea
            label={t.spreadsheet}
            description={t.columns(COLUMNS.join(", "))}
            value={text}
            onChange={(event) => change(event.currentTarget.value)}
            autosize
            minRows={6}
            maxRows={16}
            styles={{ input: { fontFamily: "ui-monospace, monospace" } }}
          />
          {text.trim() === "" ? null : problems.length > 0 ? (
            <Problems problems={problems} />
          ) : (
            <Preview items={items} />
          )}
          {problem === null ? null : (
            <ErrorState error={problem} onRepeat={problem.transient ? create.repeat : undefined} />
          )}
          {problem === null || problem.transient ? null : <Text size="sm">{problem.detail}</Text>}
          <Text role="status" size="sm">
            {result === undefined || text !== "" ? "" : t.imported(result)}
          </Text>
          <Group>
            <Button
              type="submit"
              loading={pending}
              disabled={items.length === 0 || problems.length > 0}
            >
              {t.createMany(items.length)}
            </Button>
            <ButtonLink to="/inventory" variant="default">
              {t.back}
            </ButtonLink>
          </Group>
        </Stack>
      </form>
    </Screen>
  );
}

function Problems({ problems }: { problems: LineProblem[] }) {
  const t = useTexts(INVENTORY_TEXTS);
  return (
    <Alert color="red" role="alert" title={t.linesWrong(problems.length)}>
      <List size="sm">
        {problems.slice(0, SHOWN).map(({ column, kind, line }) => (
          <List.Item key={`${line} ${column} ${kind}`}>
            {t.inLine(line)} {kind === "tooMany" ? t.csv_tooMany : t[`csv_${kind}`](column)}
          </List.Item>
        ))}
      </List>
    </Alert>
  );
}

function Preview({ items }: { items: NewItem[] }) {
  const t = useTexts(INVENTORY_TEXTS);
  const { locale } = useLocale();
  return (
    <Stack gap="xs">
      <Text size="sm">{t.preview(items.length)}</Text>
      <Table.ScrollContainer minWidth={420} scrollAreaProps={scrolled(t.spreadsheet)}>
        <Table verticalSpacing={4} aria-label={t.spreadsheet}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th scope="col">{t.sku}</Table.Th>
              <Table.Th scope="col">{t.name}</Table.Th>
              <Table.Th scope="col" ta="right">
                {t.capacity}
              </Table.Th>
              <Table.Th scope="col" ta="right">
                {t.price}
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {items.slice(0, SHOWN).map(({ capacity, name, price, sku }) => (
              <Table.Tr key={sku}>
                <Table.Td>{sku}</Table.Td>
                <Table.Td>{name}</Table.Td>
                <Table.Td ta="right">{capacity}</Table.Td>
                <Table.Td ta="right">{price ? money(price, locale) : "–"}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Stack>
  );
}
