/** Asks why, and whether really. */
import { Stack, Text, Textarea } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ConfirmDialog } from "@shared/ui/ConfirmDialog.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useState } from "react";
import type { Own } from "../storefront/reservations.ts";
import { useCancel } from "./acts.ts";
import { RESERVATION_TEXTS } from "./texts.ts";

interface CancelDialogProps {
  own: Own;
  /** What it is, in words. */
  what: string;
  opened: boolean;
  onClose: () => void;
}

export function CancelDialog({ onClose, opened, own, what }: CancelDialogProps) {
  const t = useTexts(RESERVATION_TEXTS);
  const [reason, setReason] = useState("");
  const cancel = useCancel(own, { onDone: onClose });
  const { problem } = cancel;
  return (
    <ConfirmDialog
      opened={opened}
      title={t.cancelTitle(what)}
      action={t.cancelIt}
      pending={cancel.pending}
      onConfirm={() => cancel.start(reason.trim() || null)}
      onClose={onClose}
    >
      <Stack>
        <Text>{t.cancelWhat}</Text>
        <Textarea
          label={t.reason}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          maxLength={4000}
          rows={2}
          dir="auto"
        />
        {problem === null ? null : (
          <ErrorState error={problem} onRepeat={problem.transient ? cancel.repeat : undefined} />
        )}
      </Stack>
    </ConfirmDialog>
  );
}
