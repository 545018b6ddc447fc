import { Group, Text } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { Timer } from "@shared/ui/Timer.tsx";
import { useQueryClient } from "@tanstack/react-query";
import type { Product } from "./products.ts";
import { SALE_TEXTS } from "./texts.ts";

/** Until the sale opens; when it does, the server is asked whether it has. */
export function SaleCountdown({ product }: { product: Product }) {
  const t = useTexts(SALE_TEXTS);
  const client = useQueryClient();
  if (product.saleStartsAt === null) return <Text>{t.soon}</Text>;
  return (
    <Group gap="xs">
      <Text>{t.opensIn}</Text>
      <Timer
        until={product.saleStartsAt}
        label={t.opensIn}
        urgent={false}
        onOver={() => void client.invalidateQueries({ queryKey: ["offerings"] })}
      />
    </Group>
  );
}
