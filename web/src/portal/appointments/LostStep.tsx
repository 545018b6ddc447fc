/** A hold that has run out, and the way back to it as long as nobody else has taken it. */
import { Alert, Button, Stack, Text } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useNavigate } from "@tanstack/react-router";
import { useAct } from "../storefront/acts.ts";
import type { Own } from "../storefront/reservations.ts";
import { Refused } from "./Refused.tsx";
import type { Slot } from "./slot.ts";
import { SLOT_TEXTS } from "./texts.ts";

export function LostStep({ isFree, own, slot }: { own: Own; slot: Slot; isFree: boolean }) {
  const t = useTexts(SLOT_TEXTS);
  const navigate = useNavigate();
  const act = useAct(own, {
    onDone: ({ id }) =>
      void navigate({ to: "/reservations/$reservation", params: { reservation: id } }),
  });
  return (
    <Alert color="orange" role="status" title={t.lost}>
      <Stack align="start" gap="xs">
        <Text size="sm">{isFree ? t.lostFree : t.lostGone}</Text>
        {isFree ? (
          <Button size="xs" loading={act.pending} onClick={() => act.start("reacquire")}>
            {t.reacquire}
          </Button>
        ) : null}
        {act.problem === null ? null : (
          <Refused problem={act.problem} zone={slot.zone} onRepeat={act.repeat} />
        )}
      </Stack>
    </Alert>
  );
}
