/** Whether a customer can have it now, and if not, why, and until when. */
import { Alert, Stack, Text, Title } from "@mantine/core";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { type Item, useAvailability } from "./items.ts";
import { INVENTORY_TEXTS } from "./texts.ts";

export function WhyNot({ item }: { item: Item }) {
  const t = useTexts(INVENTORY_TEXTS);
  const { locale } = useLocale();
  const { data, error, isPending, refetch } = useAvailability(item.id);
  const at = (instant: string) => dateTime(instant, locale);
  return (
    <Stack gap="xs" component="section" aria-label={t.canBeHad}>
      <Title order={2} size="h4">
        {t.canBeHad}
      </Title>
      {isPending ? <LoadingState rows={1} /> : null}
      {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
      {data === undefined ? null : (
        <>
          <Alert
            color={data.bookable ? "green" : "orange"}
            variant="light"
            title={data.reason === null ? t.bookable : t[`because_${data.reason}`]}
            role="status"
          >
            <Stack gap={2}>
              {data.reason === "sold_out" ? (
                <Text size="sm">{t.soldOutWhat(data.held, data.confirmed, item.min_quantity)}</Text>
              ) : null}
              {data.bookable_from === null ? null : (
                <Text size="sm">{t.from(at(data.bookable_from))}</Text>
              )}
              {data.bookable_until === null ? null : (
                <Text size="sm">{t.until(at(data.bookable_until))}</Text>
              )}
              {data.next_expiry === null ? null : (
                <Text size="sm">{t.nextExpiry(at(data.next_expiry))}</Text>
              )}
              <Text size="sm">{t.waiting(data.waiting)}</Text>
              {item.draining_to === null ? null : (
                <Text size="sm">{t.drainingTo(item.draining_to)}</Text>
              )}
            </Stack>
          </Alert>
        </>
      )}
    </Stack>
  );
}
