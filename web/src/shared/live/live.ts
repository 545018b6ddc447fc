/** The page's connection, and how it keeps what the cache has as new as it can be. */
import type { QueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { session } from "../auth/session.ts";
import { serverClock } from "../clock/serverClock.ts";
import { address, config } from "../config.ts";
import { putCounts } from "../query/counts.ts";
import { Stale } from "../query/stale.ts";
import { LiveConnection, type LiveStatus } from "./connection.ts";
import type { Change } from "./frames.ts";
import type { Wanted } from "./topics.ts";

export const live = new LiveConnection({
  url: () => address("/v1/live").replace(/^http/, "ws"),
  who: async () => {
    const token = await session.freshToken();
    return token === null ? { organization: config().organization.slug } : { token };
  },
});

/** Keep the cache new, and the connection in step with who is there and whether anyone looks. */
export function bindLive(client: QueryClient): void {
  const stale = new Stale(client);
  live.onFrame((frame) => take(client, stale, frame));
  let known = session.state().user?.id;
  let token = session.token();
  session.subscribe(() => {
    const user = session.state().user?.id;
    const renewed = session.token();
    if (user !== known) {
      known = user;
      live.restart({ fresh: true });
      void client.invalidateQueries();
    } else if (renewed !== token && renewed !== null) {
      void live.renew();
    }
    token = renewed;
  });
  const lookAgain = () => {
    serverClock.forget();
    if (live.status() === "stale") live.restart();
  };
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") lookAgain();
  });
  window.addEventListener("online", lookAgain);
  window.addEventListener("pagehide", () => live.pause());
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    serverClock.forget();
    live.restart();
    void client.invalidateQueries();
  });
}

/** What each frame makes old. Screens name their queries accordingly: see web/README.md. */
function take(client: QueryClient, stale: Stale, frame: Change): void {
  if (frame.type === "resync") {
    void client.invalidateQueries();
    return;
  }
  for (const counts of frame.availability ?? []) putCounts(client, counts);
  if (frame.type === "change" && (frame.availability ?? []).length > 0) {
    // An offer is made when something becomes free.
    stale.mark(["waitlist"]);
  }
  for (const event of frame.events ?? []) {
    if (event.type.startsWith("firmhold.reservation.")) {
      stale.mark(["reservations"]);
      stale.mark(["reservation", event.subject]);
      // An offer is a reservation, and so is what has been made of it.
      stale.mark(["waitlist"]);
    } else if (event.type.startsWith("firmhold.waitlist.")) {
      stale.mark(["waitlist"]);
    } else if (event.type.startsWith("firmhold.offering.")) {
      stale.mark(["offerings"]);
    }
  }
}

/** Hear of these while the component is there. */
export function useLive(wanted: Wanted): void {
  const said = JSON.stringify(wanted);
  useEffect(() => live.watch(JSON.parse(said) as Wanted), [said]);
}

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(live.onStatus, live.status);
}
