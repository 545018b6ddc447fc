/**
 * Who is signed in, in every tab of this browser. The refresh token is a cookie that no script can
 * read; the access token is in memory alone, and goes along with each call as a bearer token, so
 * that no other site can make this browser do anything.
 */

import { Problem, type ProblemBody, problemOf } from "../api/problem.ts";
import type { components } from "../api/schema.ts";
import { address, config } from "../config.ts";
import { exclusively, tabs } from "./tabs.ts";

type SignedIn = components["schemas"]["SignedInView"];
type User = SignedIn["user"];

export interface SessionState {
  status: "unknown" | "anonymous" | "signed-in";
  user: User | null;
  verified: boolean;
  /** Whether a sign-in dialog is over the page because a call found the session over. */
  asking: boolean;
}

/** A hint only, so that whoever was never signed in here is not asked about at each start. */
const HINT = "firmhold.session";
/** Refreshed so long before the end, in milliseconds. */
const EARLY = 60_000;

const NOBODY: SessionState = { status: "anonymous", user: null, verified: false, asking: false };

class Session {
  #state: SessionState = { ...NOBODY, status: "unknown" };
  #token: { value: string; until: number } | null = null;
  #refreshing: Promise<boolean> | null = null;
  #waiting: ((signedIn: boolean) => void)[] = [];
  readonly #listeners = new Set<() => void>();

  constructor() {
    tabs.listen((message) => {
      if (message.type === "signed-out") this.#forget();
      else this.#enter(message.signedIn as SignedIn, { tell: false });
    });
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): SessionState => this.#state;

  token(): string | null {
    return this.#token?.value ?? null;
  }

  /** The token, renewed first if it is about to end. */
  async freshToken(): Promise<string | null> {
    if (this.#token !== null && performance.now() > this.#token.until - EARLY) await this.refresh();
    return this.token();
  }

  /** Find out whether this browser is signed in. */
  async start(): Promise<void> {
    if (localStorage.getItem(HINT) !== null || config().oidc) await this.refresh();
    if (this.#state.status === "unknown") this.#set(NOBODY);
  }

  async signIn(email: string, password: string): Promise<void> {
    this.#enter(await post("/api/auth/login", { email, password, cookie: true }));
  }

  async register(email: string, password: string, name: string | null): Promise<void> {
    this.#enter(await post("/api/auth/register", { email, password, name, cookie: true }));
  }

  async setUp(code: string, email: string, password: string): Promise<void> {
    this.#enter(await post("/api/auth/set-up", { code, email, password, cookie: true }));
  }

  async signOut(everywhere = false): Promise<void> {
    const token = await this.freshToken();
    await post("/api/auth/logout", { everywhere }, token);
    tabs.tell({ type: "signed-out" });
    this.#forget();
  }

  /** A new access token. One at a time, in all tabs together: each refresh token is good once. */
  refresh(): Promise<boolean> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = null;
    });
    return this.#refreshing;
  }

  async #refresh(): Promise<boolean> {
    const before = this.#token;
    return exclusively("firmhold-refresh", async () => {
      // Another tab was faster, and has told.
      if (this.#token !== before && this.#token !== null) return true;
      try {
        this.#enter(await post("/api/auth/refresh", {}));
        return true;
      } catch (error) {
        if (error instanceof Problem && error.status === 401) {
          localStorage.removeItem(HINT);
          if (this.#state.status !== "signed-in") this.#set(NOBODY);
          return false;
        }
        if (this.#state.status === "unknown") return false;
        throw error;
      }
    });
  }

  /** Lay a sign-in dialog over the page. True as soon as somebody has signed in. */
  askToSignIn(): Promise<boolean> {
    this.#set({ ...this.#state, asking: true });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** They would rather not. */
  declineToSignIn(): void {
    const waiting = this.#waiting.splice(0);
    this.#forget();
    for (const resolve of waiting) resolve(false);
  }

  #enter(signedIn: SignedIn, { tell = true } = {}): void {
    const lasts = signedIn.expires_in * 1000;
    this.#token = { value: signedIn.access_token, until: performance.now() + lasts };
    localStorage.setItem(HINT, "1");
    this.#set({
      status: "signed-in",
      user: signedIn.user,
      verified: signedIn.verified,
      asking: false,
    });
    if (tell) tabs.tell({ type: "signed-in", signedIn });
    for (const resolve of this.#waiting.splice(0)) resolve(true);
  }

  #forget(): void {
    this.#token = null;
    localStorage.removeItem(HINT);
    this.#set(NOBODY);
  }

  #set(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

async function post(path: string, body: object, token: string | null = null): Promise<SignedIn> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (token !== null) headers.authorization = `Bearer ${token}`;
  let answer: Response;
  try {
    answer = await fetch(address(path), { method: "POST", headers, body: JSON.stringify(body) });
  } catch {
    throw new Problem("unreachable", 0, "The server could not be reached.");
  }
  const said: unknown = answer.status === 204 ? null : await answer.json().catch(() => null);
  if (!answer.ok) throw problemOf(said as ProblemBody, answer);
  return said as SignedIn;
}

export const session = new Session();
