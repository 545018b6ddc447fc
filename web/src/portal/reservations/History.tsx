/** What became of it, in the order in which it happened. */
import { Stack, Text, Title } from "@mantine/core";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import type { Reservation } from "../storefront/reservations.ts";
import classes from "./History.module.css";
import { historyOf, type Step } from "./history.ts";
import { STATUSES } from "./search.ts";
import { DETAIL_TEXTS, RESERVATION_TEXTS } from "./texts.ts";

export function History({ reservation }: { reservation: Reservation }) {
  const t = useTexts(DETAIL_TEXTS);
  const statuses = useTexts(RESERVATION_TEXTS);
  const { locale } = useLocale();
  const status = STATUSES.find((it) => it === reservation.status);
  const word = ({ what }: Step) =>
    ({
      held: t.wasHeld,
      made: t.wasMade,
      confirmed: t.wasConfirmed,
      ended: status === undefined ? reservation.status : statuses[status],
    })[what];
  return (
    <Stack component="section" gap="xs" aria-label={t.history}>
      <Title order={2} size="h4">
        {t.history}
      </Title>
      <ol className={classes.history}>
        {historyOf(reservation).map((step) => (
          <li key={step.what}>
            <Text component="span" fw={500}>
              {word(step)}
            </Text>
            <Text component="span" size="sm" c="dimmed" className="tabular">
              {dateTime(step.at, locale)}
            </Text>
            {step.what === "ended" && reservation.reason !== null ? (
              <Text size="sm" dir="auto">
                {t.wasReason(reservation.reason)}
              </Text>
            ) : null}
          </li>
        ))}
        {reservation.status === "held" && reservation.expires_at !== null ? (
          <li>
            <Text component="span" fw={500}>
              {t.expires}
            </Text>
            <Text component="span" size="sm" c="dimmed" className="tabular">
              {dateTime(reservation.expires_at, locale)}
            </Text>
          </li>
        ) : null}
      </ol>
    </Stack>
  );
}
