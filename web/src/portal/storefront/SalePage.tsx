/** Everything on sale, with what is left of it. */
import { SimpleGrid } from "@mantine/core";
import { isProblem } from "@shared/api/problem.ts";
import { AUTH_TEXTS } from "@shared/auth/texts.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useLive } from "@shared/live/live.ts";
import { LiveState } from "@shared/ui/LiveState.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { ProductCard } from "./ProductCard.tsx";
import { useProducts } from "./products.ts";
import { SALE_TEXTS } from "./texts.ts";

export function SalePage() {
  const t = useTexts(SALE_TEXTS);
  const { signIn } = useTexts(AUTH_TEXTS);
  const { data, dataUpdatedAt, error, isPending, refetch } = useProducts();
  useLive({ offerings: (data ?? []).map(({ id }) => id) });

  if (isProblem(error, "unauthenticated"))
    return (
      <Screen title={t.title}>
        <EmptyState title={t.notPublic}>
          <TextLink to="/account/sign-in" search={{ next: "/" }}>
            {signIn}
          </TextLink>
        </EmptyState>
      </Screen>
    );
  return (
    <Screen title={t.title} actions={<LiveState />}>
      {isPending ? <LoadingState height={160} /> : null}
      {error !== null ? <ErrorState error={error} onRepeat={() => void refetch()} /> : null}
      {data?.length === 0 ? <EmptyState title={t.none}>{t.noneWhat}</EmptyState> : null}
      <SimpleGrid cols={{ base: 1, sm: 2 }} component="ul" p={0} m={0}>
        {(data ?? []).map((product) => (
          <ProductCard key={product.id} product={product} askedAt={dataUpdatedAt} />
        ))}
      </SimpleGrid>
    </Screen>
  );
}
