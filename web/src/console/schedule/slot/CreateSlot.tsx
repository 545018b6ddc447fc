import { api, done } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useQueryClient } from "@tanstack/react-query";
import type { Site, Slot } from "../queries.ts";
import { type Draft, slotRequest } from "./draft.ts";
import { SlotForm } from "./SlotForm.tsx";
import { SlotModal } from "./SlotModal.tsx";
import { SLOT_TEXTS } from "./texts.ts";

interface CreateSlotProps {
  site: Site;
  initial: Draft;
  onMade: (slot: Slot) => void;
  onClose: () => void;
}

export function CreateSlot({ initial, onClose, onMade, site }: CreateSlotProps) {
  const t = useTexts(SLOT_TEXTS);
  const client = useQueryClient();
  const make = useIntent<Draft, Slot>({
    run: (key, draft) =>
      done(
        api.POST("/v1/slots", {
          params: { header: { "Idempotency-Key": key } },
          body: slotRequest(draft, site),
        }),
      ),
    onDone: (slot) => {
      void client.invalidateQueries({ queryKey: ["offerings"] });
      onMade(slot);
    },
  });
  return (
    <SlotModal title={t.create} onClose={onClose}>
      <SlotForm
        site={site}
        initial={initial}
        slot={null}
        pending={make.pending}
        problem={make.problem}
        onSave={make.start}
        onRepeat={make.repeat}
        onBack={onClose}
      />
    </SlotModal>
  );
}
