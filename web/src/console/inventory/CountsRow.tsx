import { SimpleGrid, Stack, Text } from "@mantine/core";
import { count } from "@shared/format/numbers.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { INVENTORY_TEXTS } from "./texts.ts";

interface CountsRowProps {
  label: string;
  counts: { capacity: number; held: number; confirmed: number; available: number };
}

export function CountsRow({ counts, label }: CountsRowProps) {
  const t = useTexts(INVENTORY_TEXTS);
  const { locale } = useLocale();
  return (
    <SimpleGrid
      component="section"
      aria-label={label}
      cols={{ base: 2, xs: 4 }}
      spacing="xs"
      maw={720}
    >
      {(["available", "held", "confirmed", "capacity"] as const).map((of) => (
        <Stack key={of} gap={0} role="group" aria-label={t[of]}>
          <Text size="xs" c="dimmed">
            {t[of]}
          </Text>
          <Text fz="1.25rem" fw={650} className="tabular" data-count={of}>
            {count(counts[of], locale)}
          </Text>
        </Stack>
      ))}
    </SimpleGrid>
  );
}
