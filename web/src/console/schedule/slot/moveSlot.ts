/**
 * A slot's time and place never change: what takes place at another time is another slot. So moving
 * one is several calls, of which the first settles who moves it, and the old slot goes only when the
 * new one is there.
 */
import { api, done } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import type { Slot } from "../queries.ts";

export interface Move {
  slot: Slot;
  /** RFC 3339. */
  starts_at: string;
  ends_at: string;
  room: string | null;
  practitioner: string | null;
}

/** The new slot. `key` as for one call; each of these has a key made of it. */
export async function moveSlot(key: string, move: Move): Promise<Slot> {
  const { slot } = move;
  const of = (step: string, rest: object = {}) => ({
    params: { path: { slot: slot.id }, header: { "Idempotency-Key": `${key}.${step}` }, ...rest },
  });
  // Whoever takes the last unit away has it: with fewer than expected this is refused, as it is
  // while somebody has reserved.
  if (slot.capacity > 0)
    await done(
      api.POST("/v1/slots/{slot}/capacity", {
        ...of("claim"),
        body: { capacity: 0, expected: slot.capacity, reason: "being moved" },
      }),
    );
  const takes = needsOf(slot);
  const takesItself = takes.room ?? takes.practitioner ?? takes.requirements.find(isOwn) ?? null;
  try {
    // It may be moved to a time that overlaps its own, where its room is its own.
    if (takesItself !== null)
      await done(
        api.PATCH("/v1/slots/{slot}", {
          ...of("leave"),
          body: {
            room: null,
            practitioner: null,
            requirements: takes.requirements.filter((it) => !isOwn(it)),
          },
        }),
      );
    const made = await done(
      api.POST("/v1/slots", {
        params: { header: { "Idempotency-Key": `${key}.make` } },
        body: { ...sameAs(slot), ...takes, ...timesOf(move) },
      }),
    );
    const reason = `moved to ${move.starts_at}`;
    await done(api.DELETE("/v1/slots/{slot}", of("go", { query: { reason } })));
    return made;
  } catch (error) {
    // What another try may help is tried again with the same keys, and goes on where it was.
    if (isProblem(error) && !error.transient) await putBack();
    throw error;
  }

  async function putBack(): Promise<void> {
    if (takesItself !== null)
      await done(api.PATCH("/v1/slots/{slot}", { ...of("back"), body: takes }));
    if (slot.capacity > 0)
      await done(
        api.POST("/v1/slots/{slot}/capacity", {
          ...of("unclaim"),
          body: { delta: slot.capacity, reason: "not moved after all" },
        }),
      );
  }
}

const isOwn = ({ per }: { per?: string }) => per === "slot";

function timesOf({ ends_at, practitioner, room, starts_at }: Move) {
  return { starts_at, ends_at, room, practitioner };
}

/** What a slot takes from pools, as a request says it. */
function needsOf(slot: Slot) {
  return {
    room: slot.room?.id ?? null,
    practitioner: slot.practitioner?.id ?? null,
    requirements: slot.requirements.map(({ per, pool, units }) => ({ per, pool, units })),
  };
}

/** A request for a slot like another. */
function sameAs(slot: Slot) {
  return {
    site: slot.site,
    title: slot.title,
    description: slot.description,
    capacity: slot.capacity,
    open: slot.open,
    price: slot.price,
    sale_starts_at: slot.sale_starts_at,
    sale_ends_at: slot.sale_ends_at,
    min_quantity: slot.min_quantity,
    max_quantity: slot.max_quantity,
    max_per_customer: slot.max_per_customer,
    hold_ttl_seconds: slot.hold_ttl_seconds,
    metadata: slot.metadata ?? {},
  };
}
