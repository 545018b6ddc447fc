import { Button, Group, Stack, Text, TextInput } from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { type Slot, useCounts } from "../queries.ts";
import { SLOT_TEXTS } from "./texts.ts";

interface WithdrawSlotProps {
  slot: Slot;
  onBack: () => void;
  onDone: () => void;
}

export function WithdrawSlot({ onBack, onDone, slot }: WithdrawSlotProps) {
  const t = useTexts(SLOT_TEXTS);
  const client = useQueryClient();
  const [reason, setReason] = useState("");
  const { confirmed, held } = useCounts(slot);
  const withdraw = useIntent<string, Slot>({
    run: (key, why) =>
      done(
        api.DELETE("/v1/slots/{slot}", {
          params: {
            path: { slot: slot.id },
            header: { "Idempotency-Key": key },
            query: why === "" ? {} : { reason: why },
          },
        }),
      ),
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["offerings"] });
      void client.invalidateQueries({ queryKey: ["waitlist"] });
      onDone();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    withdraw.start(reason.trim());
  };
  const reserved = held + confirmed;
  const { problem } = withdraw;
  const isReserved: boolean = reserved > 0 || isProblem(problem, "capacity_below_reserved");
  return (
    <form onSubmit={submit}>
      <Stack>
        <Text>{t.withdrawWhat}</Text>
        {slot.waiting > 0 ? <Text>{t.waitersGo(slot.waiting)}</Text> : null}
        <TextInput
          label={t.reason}
          data-autofocus
          maxLength={500}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {isReserved ? (
          <Text role="alert" c="var(--mantine-color-error)">
            {t.reserved(Math.max(1, reserved))}
          </Text>
        ) : problem === null ? null : (
          <ErrorState error={problem} onRepeat={problem.transient ? withdraw.repeat : undefined} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onBack}>
            {t.back}
          </Button>
          <Button type="submit" color="red" disabled={reserved > 0} loading={withdraw.pending}>
            {t.withdrawIt}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
