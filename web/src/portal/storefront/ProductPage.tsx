/** One product: what it is, what is left of it, and how to get it. */
import { Group, Stack, Text } from "@mantine/core";
import { money } from "@shared/format/money.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { useLive } from "@shared/live/live.ts";
import { useLeft } from "@shared/query/counts.ts";
import { LiveState } from "@shared/ui/LiveState.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useParams } from "@tanstack/react-router";
import { HoldForm } from "./HoldForm.tsx";
import { SaleBadge } from "./ProductCard.tsx";
import { type Product, saleState, useProduct } from "./products.ts";
import { SALE_TEXTS } from "./texts.ts";
import { Waitlist } from "./Waitlist.tsx";

export function ProductPage() {
  const t = useTexts(SALE_TEXTS);
  const { product: name } = useParams({ from: "/sale/$product" });
  const { data, dataUpdatedAt, error, refetch } = useProduct(name);
  return (
    <Screen title={data?.name ?? t.title} actions={<LiveState />}>
      {error !== null ? <ErrorState error={error} onRepeat={() => void refetch()} /> : null}
      {data === undefined && error === null ? <LoadingState rows={1} height={240} /> : null}
      {data === undefined ? null : <Detail product={data} askedAt={dataUpdatedAt} />}
      <TextLink to="/sale">{t.all}</TextLink>
    </Screen>
  );
}

function Detail({ askedAt, product }: { product: Product; askedAt: number }) {
  const t = useTexts(SALE_TEXTS);
  const { locale } = useLocale();
  useLive({ offerings: [product.id] });
  const left = useLeft(product.id, product.availableStock, askedAt);
  const state = saleState(product, left);
  return (
    <Stack gap="lg">
      {product.description === null ? null : <Text>{product.description}</Text>}
      <Group gap="xl">
        {product.price === null ? null : (
          <Text size="xl" fw={650} className="tabular">
            {money(product.price, locale)}
          </Text>
        )}
        <SaleBadge product={product} left={left} />
      </Group>
      {state === "upcoming" && product.saleStartsAt !== null ? (
        <Text c="dimmed">{t.opensAt(dateTime(product.saleStartsAt, locale))}</Text>
      ) : null}
      {state === "live" ? <HoldForm product={product} left={left} /> : null}
      {state === "sold_out" ? <Text>{t.goneWhat}</Text> : null}
      {state === "sold_out" || state === "live" ? (
        <Waitlist
          offering={product.id}
          what={{ sku: product.sku }}
          here={`/sale/${encodeURIComponent(product.sku)}`}
          soldOut={state === "sold_out"}
        />
      ) : null}
    </Stack>
  );
}
