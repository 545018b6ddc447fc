/** What the tabs of one browser tell each other, and how they take turns. */

export type TabMessage = { type: "signed-out" } | { type: "signed-in"; signedIn: unknown };

const channel =
  typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("firmhold-session");

export const tabs = {
  tell(message: TabMessage): void {
    channel?.postMessage(message);
  },
  listen(listener: (message: TabMessage) => void): void {
    channel?.addEventListener("message", (event: MessageEvent<TabMessage>) => listener(event.data));
  },
};

/** Run while no other tab runs what has the same name. */
export function exclusively<T>(name: string, run: () => Promise<T>): Promise<T> {
  // Missing where the page has come by plain HTTP from another machine.
  if (navigator.locks === undefined) return run();
  return navigator.locks.request(name, run) as Promise<T>;
}
