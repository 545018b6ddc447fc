import { useEffect } from "react";
import { config } from "../config.ts";

/** What the tab is called: the screen, then the organization. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · ${config().organization.name}`;
  }, [title]);
}
