/** One slot: what it is, who has it, and what can be done with it. */
import { Button, Group, Stack } from "@mantine/core";
import { isProblem } from "@shared/api/problem.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useMay } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useLive } from "@shared/live/live.ts";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type Slot, useSlot } from "../queries.ts";
import { changeSlot } from "./changeSlot.ts";
import { type Draft, draftOf } from "./draft.ts";
import { MoveSlot, type Target } from "./MoveSlot.tsx";
import { SlotDetails } from "./SlotDetails.tsx";
import { SlotForm } from "./SlotForm.tsx";
import { SlotModal } from "./SlotModal.tsx";
import { SLOT_TEXTS } from "./texts.ts";
import { WithdrawSlot } from "./WithdrawSlot.tsx";

interface SlotDialogProps {
  id: string;
  /** Where it is to be moved, if somebody has shown that already. */
  target: Target | null;
  onClose: () => void;
  onDone: (text: string) => void;
}

export function SlotDialog({ id, onClose, onDone, target }: SlotDialogProps) {
  const t = useTexts(SLOT_TEXTS);
  const { data: slot, error, refetch } = useSlot(id);
  const [mode, setMode] = useState<"see" | "edit" | "move" | "withdraw">(
    target === null ? "see" : "move",
  );
  const mayChange = useMay("stock:write");
  const titles = { see: slot?.title ?? "…", edit: t.edit, move: t.move, withdraw: t.withdraw };
  const back = () => (target === null ? setMode("see") : onClose());
  // What was pressed is gone with what it led away from; the next thing to press gets the focus.
  const content = useRef<HTMLDivElement>(null);
  const shown = slot === undefined ? "nothing" : mode;
  useEffect(() => {
    if (shown !== "nothing")
      content.current?.querySelector<HTMLElement>("[data-autofocus]")?.focus();
  }, [shown]);
  return (
    <SlotModal title={titles[mode]} onClose={onClose}>
      <div ref={content}>
        {error !== null && slot === undefined ? (
          <ErrorState
            error={error}
            onRepeat={isProblem(error, "not_found") ? undefined : () => void refetch()}
          />
        ) : null}
        {slot === undefined && error === null ? <LoadingState rows={3} height={32} /> : null}
        {slot === undefined ? null : mode === "edit" ? (
          <EditSlot slot={slot} onBack={back} />
        ) : mode === "move" ? (
          <MoveSlot slot={slot} target={target} onBack={back} onDone={onDone} />
        ) : mode === "withdraw" ? (
          <WithdrawSlot slot={slot} onBack={back} onDone={onClose} />
        ) : (
          <Stack>
            <SlotDetails slot={slot} />
            {mayChange && slot.withdrawn_at === null ? (
              <Group justify="flex-end">
                <Button color="red" variant="outline" onClick={() => setMode("withdraw")}>
                  {t.withdraw}
                </Button>
                <Button variant="default" onClick={() => setMode("move")}>
                  {t.move}
                </Button>
                <Button data-autofocus onClick={() => setMode("edit")}>
                  {t.edit}
                </Button>
              </Group>
            ) : null}
          </Stack>
        )}
      </div>
    </SlotModal>
  );
}

function EditSlot({ onBack, slot: given }: { slot: Slot; onBack: () => void }) {
  // What was read when the form was opened is what the change is made against.
  const [slot] = useState(given);
  const client = useQueryClient();
  useLive({ offerings: [slot.id] });
  const change = useIntent<Draft, Slot>({
    run: (key, draft) => changeSlot(key, slot, draft),
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["offerings"] });
      onBack();
    },
  });
  return (
    <SlotForm
      site={{ id: slot.site, zone: slot.zone }}
      initial={draftOf(slot)}
      slot={slot}
      pending={change.pending}
      problem={change.problem}
      onSave={change.start}
      onRepeat={change.repeat}
      onBack={onBack}
    />
  );
}
