import { Badge, Group, Paper, Stack, Text, Title } from "@mantine/core";
import { money } from "@shared/format/money.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { useLeft } from "@shared/query/counts.ts";
import { TextLink } from "@shared/ui/links.tsx";
import classes from "./ProductCard.module.css";
import { type Product, saleState } from "./products.ts";
import { SaleCountdown } from "./SaleCountdown.tsx";
import { SALE_TEXTS } from "./texts.ts";

export function ProductCard({ askedAt, product }: { product: Product; askedAt: number }) {
  const { locale } = useLocale();
  const left = useLeft(product.id, product.availableStock, askedAt);
  return (
    <Paper component="li" withBorder p="lg" className={classes.card ?? ""}>
      <Stack gap="md" h="100%" justify="space-between">
        <div>
          <Title order={2} size="h3" mb={4}>
            <TextLink
              inherit
              c="inherit"
              to="/sale/$product"
              params={{ product: product.sku }}
              className={classes.link ?? ""}
            >
              {product.name}
            </TextLink>
          </Title>
          {product.description === null ? null : <Text c="dimmed">{product.description}</Text>}
        </div>
        <Group justify="space-between">
          <Text size="lg" fw={600} className="tabular">
            {product.price === null ? null : money(product.price, locale)}
          </Text>
          <SaleBadge product={product} left={left} />
        </Group>
      </Stack>
    </Paper>
  );
}

/** The state of the sale in a word or a number. */
export function SaleBadge({ left, product }: { product: Product; left: number }) {
  const t = useTexts(SALE_TEXTS);
  const state = saleState(product, left);
  if (state === "upcoming") return <SaleCountdown product={product} />;
  if (state === "live")
    return (
      <Text className="tabular" data-left={left}>
        {t.left(left)}
      </Text>
    );
  const text = state === "sold_out" ? t.soldOut : t.ended;
  return (
    <Badge color="gray" variant="light" size="lg" tt="none" data-left={left}>
      {text}
    </Badge>
  );
}
