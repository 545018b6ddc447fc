/** The lines that one stands in. */
import { Group, Paper, Stack, Text, Title } from "@mantine/core";
import type { Schemas } from "@shared/api/client.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { useSlot } from "../appointments/slot.ts";
import { useProduct } from "../storefront/products.ts";
import { useWaiting } from "./mine.ts";
import { RESERVATION_TEXTS } from "./texts.ts";

export function Waiting() {
  const t = useTexts(RESERVATION_TEXTS);
  const waiting = useWaiting();
  if (waiting.length === 0) return null;
  return (
    <Stack component="section" aria-label={t.waiting}>
      <Title order={2} size="h4">
        {t.waiting}
      </Title>
      <Stack component="ul" p={0} m={0}>
        {waiting.map((entry) => (
          <Entry key={entry.id} entry={entry} />
        ))}
      </Stack>
    </Stack>
  );
}

function Entry({ entry }: { entry: Schemas["WaitView"] }) {
  const t = useTexts(RESERVATION_TEXTS);
  const place = entry.position === null ? t.inLine : t.place(entry.position);
  return (
    <Paper component="li" withBorder p="md" style={{ listStyle: "none" }}>
      <Group justify="space-between">
        {entry.starts_at === null ? (
          <ItemName entry={entry} />
        ) : (
          <SlotName slot={entry.offering} at={entry.starts_at} />
        )}
        <Text size="sm">{entry.status === "offered" ? t.offered : place}</Text>
      </Group>
    </Paper>
  );
}

function ItemName({ entry }: { entry: Schemas["WaitView"] }) {
  const { data } = useProduct(entry.offering);
  return (
    <TextLink to="/sale/$product" params={{ product: entry.sku ?? entry.offering }}>
      <bdi>{data?.name ?? entry.sku}</bdi>
    </TextLink>
  );
}

function SlotName({ at, slot }: { slot: string; at: string }) {
  const { locale } = useLocale();
  const { data } = useSlot(slot);
  const when = dateTime(at, locale, data?.zone);
  return (
    <TextLink to="/appointments/$slot" params={{ slot }}>
      <bdi>{data === undefined ? when : `${data.title}, ${when}`}</bdi>
    </TextLink>
  );
}
