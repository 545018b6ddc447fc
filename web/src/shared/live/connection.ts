/**
 * One socket for the whole page. It goes on from its cursor after a break, says when it is not to
 * be relied upon, and leaves the page alone while nobody looks at it.
 */
import { backoff } from "./backoff.ts";
import { type Change, type Frame, isChange } from "./frames.ts";
import { isEmpty, TopicSum, type Wanted } from "./topics.ts";

export type LiveStatus = "idle" | "connecting" | "live" | "stale";

/** The server says something every 15 seconds. */
const SILENCE = 35_000;

export interface LiveDeps {
  url: () => string;
  /** Who asks: a token, or the organization of whoever has none. */
  who: () => Promise<{ token: string } | { organization: string }>;
  socket?: (url: string) => WebSocket;
}

export class LiveConnection {
  readonly #topics = new TopicSum();
  readonly #frames = new Set<(frame: Change) => void>();
  readonly #statuses = new Set<() => void>();
  #status: LiveStatus = "idle";
  #socket: WebSocket | null = null;
  #cursor: string | null = null;
  #asked = "";
  #failures = 0;
  #again: ReturnType<typeof setTimeout> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #settling: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly deps: LiveDeps) {}

  /** Hear of more, until the function that is returned is called. */
  watch(wanted: Wanted): () => void {
    const remove = this.#topics.add(wanted);
    this.#settle();
    return () => {
      remove();
      this.#settle();
    };
  }

  readonly onFrame = (listener: (frame: Change) => void): (() => void) => {
    this.#frames.add(listener);
    return () => this.#frames.delete(listener);
  };

  readonly onStatus = (listener: () => void): (() => void) => {
    this.#statuses.add(listener);
    return () => this.#statuses.delete(listener);
  };

  readonly status = (): LiveStatus => this.#status;

  /** Begin anew at once: somebody else is there, or the page is looked at again. `fresh`: nothing
   * that was missed is told, because everything is asked for anyway. */
  restart({ fresh = false } = {}): void {
    if (fresh) this.#cursor = null;
    this.#failures = 0;
    this.#close();
    this.#settle();
  }

  /** Say who is there once more, before the token ends. */
  async renew(): Promise<void> {
    const socket = this.#socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    const who = await this.deps.who();
    if (socket === this.#socket) socket.send(JSON.stringify({ type: "authenticate", ...who }));
  }

  /** The page is put aside. */
  pause(): void {
    this.#close();
    this.#setStatus("stale");
  }

  /** Several components come and go at once; the server is told once. */
  #settle(): void {
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.#apply(), 50);
  }

  #apply(): void {
    const topics = this.#topics.total();
    if (isEmpty(topics)) {
      this.#close();
      this.#cursor = null;
      this.#setStatus("idle");
    } else if (this.#socket === null) {
      this.#connect();
    } else if (this.#status === "live" && JSON.stringify(topics) !== this.#asked) {
      // From where we are: nothing may fall between the two subscriptions.
      this.#subscribe(this.#socket);
    }
  }

  #connect(): void {
    clearTimeout(this.#again);
    if (this.#status !== "stale") this.#setStatus("connecting");
    const make = this.deps.socket ?? ((url: string) => new WebSocket(url));
    const socket = make(this.deps.url());
    this.#socket = socket;
    this.#listenForSilence();
    socket.addEventListener("open", () => void this.#introduce(socket));
    socket.addEventListener("message", (event: MessageEvent<string>) => {
      if (socket === this.#socket) this.#hear(socket, JSON.parse(event.data) as Frame);
    });
    socket.addEventListener("close", () => {
      if (socket === this.#socket) this.#lost();
    });
  }

  async #introduce(socket: WebSocket): Promise<void> {
    const who = await this.deps.who().catch(() => null);
    if (socket !== this.#socket) return;
    if (who === null) socket.close();
    else socket.send(JSON.stringify({ type: "authenticate", ...who }));
  }

  #hear(socket: WebSocket, frame: Frame): void {
    this.#listenForSilence();
    if (frame.type === "authenticated") {
      if (this.#asked === "") this.#subscribe(socket);
    } else if (isChange(frame)) {
      this.#cursor = frame.cursor;
      this.#failures = 0;
      this.#setStatus("live");
      for (const listener of this.#frames) listener(frame);
      if (frame.type === "subscribed") this.#apply();
    } else if (frame.type === "problem") {
      socket.close();
    }
  }

  #subscribe(socket: WebSocket): void {
    const topics = this.#topics.total();
    this.#asked = JSON.stringify(topics);
    const from = this.#cursor === null ? {} : { cursor: this.#cursor };
    socket.send(JSON.stringify({ type: "subscribe", ...topics, ...from }));
  }

  #lost(): void {
    this.#close();
    if (isEmpty(this.#topics.total())) return;
    this.#setStatus("stale");
    this.#again = setTimeout(() => this.#connect(), backoff(this.#failures));
    this.#failures += 1;
  }

  #listenForSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#lost(), SILENCE);
  }

  #close(): void {
    clearTimeout(this.#again);
    clearTimeout(this.#silence);
    this.#asked = "";
    const socket = this.#socket;
    this.#socket = null;
    socket?.close();
  }

  #setStatus(status: LiveStatus): void {
    if (status === this.#status) return;
    this.#status = status;
    for (const listener of this.#statuses) listener();
  }
}
