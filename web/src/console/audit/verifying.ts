/** What can be shown about the log now, with what this browser has kept of it. */
import { api, done, type Schemas } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import {
  checkConsistency,
  checkInclusion,
  checkSignature,
  Flaw,
  type Note,
  readNote,
} from "./check.ts";
import { isAct } from "./shown.ts";

export type Finding =
  | { about: "signature"; flaw: Flaw | null }
  | { about: "no-key" }
  | { about: "goes-on"; from: Note; flaw: Flaw | null }
  | { about: "first" }
  | { about: "entries"; count: number; flaw: Flaw | null };

/** Acts that are looked at. */
const NEWEST = 10;

export interface Verified {
  findings: Finding[];
  /** The checkpoint that was looked at. */
  checkpoint: string;
}

export async function verifyNow(key: string, kept: string | null): Promise<Verified> {
  const onward = kept === null ? null : await goesOn(readNote(kept));
  const checkpoint = onward?.checkpoint ?? (await done(api.GET("/v1/audit/checkpoint"))).checkpoint;
  const note = readNote(checkpoint);
  const signature: Finding =
    key.trim() === ""
      ? { about: "no-key" }
      : { about: "signature", flaw: await flawIn(checkSignature(note, key)) };
  const first: Finding = { about: "first" };
  return { findings: [signature, onward?.finding ?? first, await entries()], checkpoint };
}

async function goesOn(from: Note): Promise<{ finding: Finding; checkpoint: string | null }> {
  let proof: Schemas["ConsistencyView"];
  try {
    proof = await done(api.GET("/v1/audit/consistency", { params: { query: { old: from.size } } }));
  } catch (error) {
    // There was a checkpoint of this size, and now there was not.
    if (!isProblem(error, "not_found")) throw error;
    return {
      finding: { about: "goes-on", from, flaw: new Flaw("two-logs") },
      checkpoint: null,
    };
  }
  const flaw = await flawIn(
    checkConsistency(proof).then(([before]) => {
      // What counts is what was kept, not what the server says that it was.
      if (before.root !== from.root || before.origin !== from.origin) throw new Flaw("two-logs");
    }),
  );
  return { finding: { about: "goes-on", from, flaw }, checkpoint: proof.checkpoint };
}

async function entries(): Promise<Finding> {
  const { data } = await done(api.GET("/v1/audit/acts", { params: { query: { limit: NEWEST } } }));
  let count = 0;
  for (const act of data) {
    try {
      const params = { path: { subject: act.id } };
      const proof = await done(api.GET("/v1/audit/proofs/{subject}", { params }));
      const flaw = await flawIn(
        checkInclusion(proof).then(() => {
          if (!isAct(proof, act)) throw new Flaw("not-shown");
        }),
      );
      if (flaw !== null) return { about: "entries", count, flaw };
      count += 1;
    } catch (error) {
      // The newest may not be sealed yet.
      if (!isProblem(error, "not_found")) throw error;
    }
  }
  return { about: "entries", count, flaw: null };
}

async function flawIn(check: Promise<unknown>): Promise<Flaw | null> {
  try {
    await check;
    return null;
  } catch (error) {
    if (error instanceof Flaw) return error;
    throw error;
  }
}
