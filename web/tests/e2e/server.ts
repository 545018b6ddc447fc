/** Starts `firmhold serve --demo` on a free port. */
import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { TestProject } from "vitest/node";
import { findChromium } from "./chromium.ts";

export interface Person {
  email: string;
  password: string;
}

export interface Started {
  address: string;
  /** The server's data directory, for commands beside it. */
  folder: string;
  people: Record<string, Person>;
  /** Everything that the server says, which is where letters are. */
  log: string;
}

declare module "vitest" {
  interface ProvidedContext {
    started: Started;
  }
}

const root = resolve(import.meta.dirname, "../../..");

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  findChromium();
  const folder = mkdtempSync(join(tmpdir(), "firmhold-e2e-"));
  const { started, stop } = await serve(folder);
  project.provide("started", started);
  return async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

export interface Served {
  started: Started;
  /** Until its data is at rest. */
  stop: () => Promise<void>;
}

export interface Kind {
  port?: number;
  /** With its data; otherwise nobody can sign in yet. */
  demo?: boolean;
  settings?: Record<string, string>;
}

/** A server of this folder's data, as it was left there. */
export async function serve(folder: string, kind: Kind = {}): Promise<Served> {
  const { demo = true, port = 0, settings = {} } = kind;
  const own = join(root, ".venv/bin/python");
  const python = process.env.FIRMHOLD_PYTHON ?? (existsSync(own) ? own : "python3");
  const main = "from firmhold.cli.main import main; main()";
  const server = spawn(
    python,
    ["-c", main, "serve", ...(demo ? ["--demo"] : []), "--port", `${port}`, "--data-dir", folder],
    {
      env: {
        ...process.env,
        PYTHONPATH: join(root, "src"),
        FIRMHOLD_LIMITS: "off",
        // Receivers of webhooks are on this machine.
        FIRMHOLD_WEBHOOKS_PRIVATE: "true",
        NO_COLOR: "1",
        ...settings,
      },
      stdio: ["ignore", "pipe", "pipe"],
    },
  );
  const stop = async () => {
    const over = new Promise((done) => server.once("exit", done));
    server.kill("SIGTERM");
    await over;
  };
  try {
    const log = join(folder, "said.log");
    return { started: { ...(await ready(server, log, demo)), folder }, stop };
  } catch (error) {
    server.kill("SIGKILL");
    throw error;
  }
}

/** What the greeting says: where the server is, and who may sign in with which password. */
function ready(server: ChildProcess, log: string, demo: boolean): Promise<Omit<Started, "folder">> {
  const whole = demo ? /Press Ctrl-C to stop/ : /Firmhold is ready at \S+\n/;
  let said = "";
  return new Promise((found, failed) => {
    const hear = (piece: Buffer) => {
      said += piece.toString("utf8");
      appendFileSync(log, piece);
      if (!whole.test(said)) return;
      const address = /Firmhold is ready at (\S+)/.exec(said)?.[1] ?? "";
      const lines = said.matchAll(/^ {4}(\w+) +(\S+@demo\.example) +(\S+)$/gm);
      const people = Object.fromEntries(
        [...lines].map(([, role = "", email = "", password = ""]) => [role, { email, password }]),
      );
      found({ address, people, log });
    };
    server.stdout?.on("data", hear);
    server.stderr?.on("data", hear);
    server.once("exit", (code) => failed(new Error(`The server ended with ${code}:\n${said}`)));
  });
}
