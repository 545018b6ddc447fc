import { expect, test } from "vitest";
import { ACT, CONSISTENCY, ENTRY, KEY } from "./check.fixture.ts";
import { checkConsistency, checkInclusion, checkSignature, readNote } from "./check.ts";

test("an entry of a real log is shown to be in it, whatever letters it has", async () => {
  expect((await checkInclusion(ENTRY)).size).toBe(911);
  expect((await checkInclusion(ACT)).size).toBe(911);
});

test("one letter of an entry, its place, its salt or its path: each is found", async () => {
  const other = ENTRY.entry.with(-1, "Löschen “é” 🙃");
  const flaw = { name: "Flaw", what: "path" };
  await expect(checkInclusion({ ...ENTRY, entry: other })).rejects.toMatchObject(flaw);
  await expect(checkInclusion({ ...ENTRY, index: 908 })).rejects.toMatchObject(flaw);
  await expect(checkInclusion({ ...ENTRY, salt: "00".repeat(16) })).rejects.toMatchObject(flaw);
  const short = ENTRY.proof.slice(0, -1);
  await expect(checkInclusion({ ...ENTRY, proof: short })).rejects.toMatchObject(flaw);
  const long = [...ENTRY.proof, ENTRY.proof[0] ?? ""];
  await expect(checkInclusion({ ...ENTRY, proof: long })).rejects.toMatchObject(flaw);
});

test("what was erased is checked by what is left of it, and has to be gone", async () => {
  const commitments = [null, null];
  await expect(checkInclusion({ ...ENTRY, commitments })).rejects.toMatchObject({ what: "entry" });
});

test("a log goes on from its earlier checkpoint, and from no other", async () => {
  const [before, after] = await checkConsistency(CONSISTENCY);
  expect(before.size).toBeLessThan(after.size);
  const forged = CONSISTENCY.before.replace(before.root, after.root);
  await expect(checkConsistency({ ...CONSISTENCY, before: forged })).rejects.toMatchObject({
    what: "path",
  });
  const proof = CONSISTENCY.proof.toReversed();
  await expect(checkConsistency({ ...CONSISTENCY, proof })).rejects.toMatchObject({ what: "path" });
});

test("a checkpoint is signed by the log's key, and by no other", async () => {
  const note = readNote(ENTRY.checkpoint);
  await expect(checkSignature(note, KEY)).resolves.toBeUndefined();
  const wrong = { what: "signature" };
  await expect(checkSignature(note, `A${KEY.slice(1)}`)).rejects.toMatchObject(wrong);
  const changed = { ...note, text: note.text.replace("911", "912") };
  await expect(checkSignature(changed, KEY)).rejects.toMatchObject(wrong);
});

test("what is no checkpoint is none", () => {
  for (const text of ["", "a\nb\nc", ENTRY.checkpoint.replace("previous", "later")])
    expect(() => readNote(text)).toThrow("note");
});
