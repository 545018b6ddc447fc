/** Reservations that were placed after the list was loaded: counted, and not put under the hand. */
import { live } from "@shared/live/live.ts";
import { useCallback, useEffect, useState } from "react";

export function useNewer(offering: string | undefined): { count: number; forget: () => void } {
  const [found, setFound] = useState<ReadonlySet<string>>(new Set());
  useEffect(
    () =>
      live.onFrame((frame) => {
        const placed = (frame.events ?? []).filter(
          ({ data, subject, type }) =>
            type === "firmhold.reservation.held" &&
            subject.startsWith("rsv_") &&
            (offering === undefined || data.lines.some((line) => line.offering === offering)),
        );
        if (placed.length === 0) return;
        setFound((known) => new Set([...known, ...placed.map(({ subject }) => subject)]));
      }),
    [offering],
  );
  const forget = useCallback(() => setFound(new Set()), []);
  return { count: found.size, forget };
}
