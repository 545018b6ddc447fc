/**
 * Checks proofs of the audit here, in the reader's own browser, without believing the server: that
 * an entry is in the log of a checkpoint, and that a log goes on from an earlier checkpoint. The
 * same as `src/firmhold/audit/checker.py`; the form is in docs/audit.md.
 */
import type { Schemas } from "@shared/api/client.ts";

export interface Note {
  origin: string;
  size: number;
  root: string;
  at: string;
  text: string;
}

type Kind = "note" | "signature" | "entry" | "path" | "other-log" | "two-logs" | "not-shown";

/** What does not hold, in a word that the screen has a sentence for. */
export class Flaw extends Error {
  override readonly name = "Flaw";

  constructor(readonly what: Kind) {
    super(what);
  }
}

/** Browsers have hashes and signatures only for pages that came by HTTPS, or from this machine. */
export function canCheck(): boolean {
  return globalThis.crypto?.subtle !== undefined;
}

export function readNote(text: string): Note {
  const [body = "", rest] = text.split("\n\n", 2);
  const [origin = "", size = "", root = "", at = "", previous = ""] = body.split("\n");
  if (rest === undefined || !/^\d+$/.test(size) || !at.startsWith("at ")) throw new Flaw("note");
  if (!previous.startsWith("previous ")) throw new Flaw("note");
  return { origin, size: Number(size), root, at: at.slice(3), text };
}

/** Throws `Flaw` unless this public key, 32 bytes in base64, has signed it. */
export async function checkSignature(note: Note, key: string): Promise<void> {
  const [body = "", rest = ""] = note.text.split("\n\n", 2);
  const prefix = `— ${note.origin} `;
  const line = rest.split("\n").find((it) => it.startsWith(prefix));
  if (line === undefined) throw new Flaw("signature");
  const sealed = bytes(line.slice(prefix.length));
  const raw = bytes(key.trim());
  const hint = await hash(concat(utf8(`${note.origin}\n`), Uint8Array.of(1), raw));
  const imported = await crypto.subtle
    .importKey("raw", raw, "Ed25519", false, ["verify"])
    .catch(() => null);
  const isKey = raw.length === 32 && imported !== null;
  const isIts = base64(sealed.slice(0, 4)) === base64(hint.slice(0, 4));
  if (!isKey || !isIts) throw new Flaw("signature");
  const signed = utf8(`${body}\n`);
  if (!(await crypto.subtle.verify("Ed25519", imported, sealed.slice(4), signed)))
    throw new Flaw("signature");
}

const PERSONAL: Record<string, string[]> = {
  "ledger/1": ["actor", "reason"],
  "act/1": ["actor", "subject", "facts"],
};

async function leafOf(proof: Schemas["InclusionView"]): Promise<Bytes> {
  const parts = PERSONAL[String(proof.entry[0])];
  if (parts === undefined) throw new Flaw("entry");
  const values = proof.entry.slice(-parts.length);
  let kept: (string | null)[];
  if (proof.commitments) {
    kept = proof.commitments;
    if (kept.length !== parts.length || values.some((value) => value !== null))
      throw new Flaw("entry");
  } else {
    const salt = fromHex(proof.salt ?? "");
    if (salt.length !== 16) throw new Flaw("entry");
    kept = await Promise.all(
      parts.map(async (part, index) => {
        const value = values[index];
        if (value === null || value === undefined) return null;
        return toHex(await hash(concat(salt, utf8(`${part}\0${String(value)}`))));
      }),
    );
  }
  const list = [...proof.entry.slice(0, -parts.length), ...kept];
  return hash(concat(Uint8Array.of(0), utf8(ascii(JSON.stringify(list)))));
}

/** The checkpoint under which the entry is in the log. Throws `Flaw` if the proof does not show it. */
export async function checkInclusion(proof: Schemas["InclusionView"]): Promise<Note> {
  const note = readNote(proof.checkpoint);
  if (note.origin !== `firmhold.audit/org_${String(proof.entry[1])}`) throw new Flaw("other-log");
  if (!(proof.index >= 0 && proof.index < note.size)) throw new Flaw("path");
  const leaf = await leafOf(proof);
  const { root } = await follow(proof.index, note.size - 1, leaf, proof.proof.map(bytes));
  if (base64(root) !== note.root) throw new Flaw("path");
  return note;
}

/** Both checkpoints, the earlier of which is the beginning of the later. */
export async function checkConsistency(proof: Schemas["ConsistencyView"]): Promise<[Note, Note]> {
  const before = readNote(proof.before);
  const after = readNote(proof.checkpoint);
  if (before.origin !== after.origin) throw new Flaw("other-log");
  if (!(before.size > 0 && before.size <= after.size)) throw new Flaw("two-logs");
  if (before.size === after.size) {
    if (before.root !== after.root) throw new Flaw("two-logs");
    return [before, after];
  }
  const path = proof.proof.map(bytes);
  if (Number.isInteger(Math.log2(before.size))) path.unshift(bytes(before.root));
  const [begin, ...others] = path;
  if (begin === undefined) throw new Flaw("path");
  let here = before.size - 1;
  let last = after.size - 1;
  while (here % 2 === 1) [here, last] = [half(here), half(last)];
  const { left, root } = await follow(here, last, begin, others);
  if (base64(root) !== after.root || base64(left) !== before.root) throw new Flaw("path");
  return [before, after];
}

/** RFC 9162, sections 2.1.3.2 and 2.1.4.2. */
async function follow(here: number, last: number, begin: Bytes, path: Bytes[]) {
  let [root, left] = [begin, begin];
  for (const sibling of path) {
    if (last === 0 || sibling.length !== 32) throw new Flaw("path");
    if (here % 2 === 1 || here === last) {
      root = await node(sibling, root);
      left = await node(sibling, left);
      while (here !== 0 && here % 2 === 0) [here, last] = [half(here), half(last)];
    } else root = await node(root, sibling);
    [here, last] = [half(here), half(last)];
  }
  if (last !== 0) throw new Flaw("path");
  return { root, left };
}

type Bytes = Uint8Array<ArrayBuffer>;

/** Logs may be longer than what bitwise operators take. */
const half = (value: number) => Math.floor(value / 2);

const node = (left: Bytes, right: Bytes) => hash(concat(Uint8Array.of(1), left, right));

async function hash(content: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", content));
}

function utf8(text: string): Bytes {
  return new TextEncoder().encode(text);
}

/** As Python writes JSON: what is not ASCII by its UTF-16 units. */
function ascii(json: string): string {
  return json.replaceAll(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function concat(...parts: Bytes[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function bytes(text: string): Bytes {
  try {
    return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
  } catch {
    throw new Flaw("note");
  }
}

function base64(content: Bytes): string {
  return btoa(String.fromCharCode(...content));
}

function toHex(content: Bytes): string {
  return [...content].map((it) => it.toString(16).padStart(2, "0")).join("");
}

function fromHex(text: string): Bytes {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}
