/** One item: its counts live, why it cannot be had, its terms, its stock, and its ledger. */
import { Grid, Group, Stack, Text, Title } from "@mantine/core";
import { useThrottledValue } from "@mantine/hooks";
import { useMay } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useLive } from "@shared/live/live.ts";
import { ButtonLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { Adjust } from "./Adjust.tsx";
import { AsOf } from "./AsOf.tsx";
import { CountsRow } from "./CountsRow.tsx";
import { type Item, useCounts, useItem } from "./items.ts";
import { Ledger } from "./Ledger.tsx";
import { StateBadge } from "./StateBadge.tsx";
import { Terms } from "./Terms.tsx";
import { INVENTORY_TEXTS } from "./texts.ts";
import { WhyNot } from "./WhyNot.tsx";

/** Milliseconds: during a rush the ledger is not asked for with every hold. */
const AT_MOST_EVERY = 1_500;

export function ItemPage() {
  const t = useTexts(INVENTORY_TEXTS);
  const { item } = useParams({ from: "/inside/inventory/$item" });
  const { data, error, isPending, refetch } = useItem(item);
  const mayWrite = useMay("stock:write");
  useLive({ feed: true });
  return (
    <Screen
      title={data?.name ?? t.item}
      actions={
        <Group gap="xs">
          <ButtonLink to="/sale" search={{ item }} variant="default">
            {t.liveSale}
          </ButtonLink>
          {mayWrite ? (
            <ButtonLink to="/inventory/$item/edit" params={{ item }} variant="default">
              {t.edit}
            </ButtonLink>
          ) : null}
        </Group>
      }
    >
      {isPending ? <LoadingState /> : null}
      {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
      {data === undefined ? null : <Parts item={data} mayWrite={mayWrite} />}
    </Screen>
  );
}

function Parts({ item, mayWrite }: { item: Item; mayWrite: boolean }) {
  const t = useTexts(INVENTORY_TEXTS);
  const client = useQueryClient();
  const counts = useCounts(item);
  const changed = useThrottledValue(
    `${counts.capacity} ${counts.held} ${counts.confirmed}`,
    AT_MOST_EVERY,
  );
  const known = useRef(changed);
  useEffect(() => {
    if (known.current === changed) return;
    known.current = changed;
    void client.invalidateQueries({ queryKey: ["offerings", "availability", item.id] });
    void client.invalidateQueries({ queryKey: ["offerings", "ledger", item.id] });
  }, [changed, client, item.id]);
  return (
    <Stack gap="xl">
      <Group gap="sm">
        <Text c="dimmed">{item.sku}</Text>
        <StateBadge item={item} />
      </Group>
      {item.description === null ? null : <Text>{item.description}</Text>}
      <CountsRow counts={counts} label={t.now} />
      <Grid gap="xl">
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="xl">
            <WhyNot item={item} />
            <Terms item={item} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 6 }}>
          <Stack gap="xl">
            {mayWrite ? <Adjust item={item} capacity={counts.capacity} /> : null}
            <AsOf item={item} />
          </Stack>
        </Grid.Col>
      </Grid>
      <Stack gap="xs" component="section" aria-label={t.ledger}>
        <Title order={2} size="h4">
          {t.ledger}
        </Title>
        <Text size="sm" c="dimmed">
          {t.ledgerWhat}
        </Text>
        <Ledger item={item} />
      </Stack>
    </Stack>
  );
}
