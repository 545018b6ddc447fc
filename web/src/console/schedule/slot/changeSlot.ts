/** Saving a slot that is there: what it is, and then how many units it has. */
import { api, done } from "@shared/api/client.ts";
import { Problem } from "@shared/api/problem.ts";
import type { Slot } from "../queries.ts";
import { type Draft, termsRequest } from "./draft.ts";

export async function changeSlot(key: string, slot: Slot, draft: Draft): Promise<Slot> {
  const path = { slot: slot.id };
  const now = await done(api.GET("/v1/slots/{slot}", { params: { path } }));
  // Counts change all the time; this is about what somebody has typed.
  if (now.updated_at !== slot.updated_at || now.withdrawn_at !== null)
    throw new Problem("version_conflict", 409, "Somebody else has changed the slot.");
  const header = (step: string) => ({ "Idempotency-Key": `${key}.${step}` });
  const changed = await done(
    api.PATCH("/v1/slots/{slot}", {
      params: { path, header: header("terms") },
      body: { ...termsRequest(draft), open: draft.open },
    }),
  );
  const capacity = Number(draft.capacity);
  if (capacity !== slot.capacity)
    await done(
      api.POST("/v1/slots/{slot}/capacity", {
        params: { path, header: header("capacity") },
        body: { capacity, expected: slot.capacity },
      }),
    );
  return changed;
}
