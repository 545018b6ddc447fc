/** `g` and then a letter leads to a screen, unless somebody is typing. */
import { useEffect, useEffectEvent } from "react";

const PAUSE = 1_500;

export function useChords(letters: Readonly<Record<string, () => void>>): void {
  const find = useEffectEvent((key: string) => letters[key]);
  useEffect(() => {
    let began = Number.NEGATIVE_INFINITY;
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === "g") {
        began = event.timeStamp;
        return;
      }
      const go = event.timeStamp - began < PAUSE ? find(event.key) : undefined;
      began = Number.NEGATIVE_INFINITY;
      if (go === undefined) return;
      event.preventDefault();
      go();
    };
    document.addEventListener("keydown", press);
    return () => document.removeEventListener("keydown", press);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable || target.closest("input, textarea, select, [role=dialog]") !== null
  );
}
