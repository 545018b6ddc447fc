/** Whatever changes a reservation makes the same things old, in every tab of this browser. */
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";

const OLD = [
  ["reservations"],
  ["reservation"],
  ["waitlist"],
  ["offerings", "slot"],
  ["offerings", "slots"],
];

const channel =
  typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("firmhold-reservations");

/** Something of one's own has changed here. */
export function refreshReservations(client: QueryClient): void {
  invalidate(client);
  channel?.postMessage("changed");
}

/** Something of one's own has changed in another tab, of which the server tells this one nothing. */
export function useOtherTabs(): void {
  const client = useQueryClient();
  useEffect(() => {
    const hear = () => invalidate(client);
    channel?.addEventListener("message", hear);
    return () => channel?.removeEventListener("message", hear);
  }, [client]);
}

function invalidate(client: QueryClient): void {
  for (const queryKey of OLD) void client.invalidateQueries({ queryKey });
}
