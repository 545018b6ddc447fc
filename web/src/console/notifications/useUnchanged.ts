/** What is written as a whole is not to be written over what somebody else has written meanwhile. */
import { Problem } from "@shared/api/problem.ts";
import { useRef } from "react";

interface Written {
  updated_at: string | null;
}

/** Throws `version_conflict` if it is not any more as it was when it was opened. */
export function useUnchanged() {
  const looked = useRef<string | null>(null);
  return async (key: string, before: string | null, look: () => Promise<Written | null>) => {
    // Once for each key: what is found after a lost answer may be what was just written.
    if (looked.current === key) return;
    const now = await look();
    if ((now?.updated_at ?? null) !== before)
      throw new Problem("version_conflict", 409, "Somebody else has changed it.");
    looked.current = key;
  };
}
