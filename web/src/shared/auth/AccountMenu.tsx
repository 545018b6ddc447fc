/** Who is signed in, and what they can do about it. A disclosure of the browser's own: the menu of
 * the library weighs more than the rest of the portal's first screen. */
import { Button, Paper, Stack } from "@mantine/core";
import { type FocusEvent, type KeyboardEvent, type ReactNode, useRef } from "react";
import { useTexts } from "../i18n/i18n.tsx";
import classes from "./AccountMenu.module.css";
import { session } from "./session.ts";
import { AUTH_TEXTS } from "./texts.ts";
import { useSession } from "./useSession.ts";

export function AccountMenu({ children }: { children?: ReactNode }) {
  const t = useTexts(AUTH_TEXTS);
  const { user } = useSession();
  const details = useRef<HTMLDetailsElement>(null);
  const summary = useRef<HTMLElement>(null);
  const close = () => {
    if (details.current !== null) details.current.open = false;
  };
  const keyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || !details.current?.open) return;
    close();
    summary.current?.focus();
  };
  const blur = (event: FocusEvent) => {
    if (!details.current?.contains(event.relatedTarget)) close();
  };
  if (user === null) return null;
  return (
    <details ref={details} className={classes.menu} onKeyDown={keyDown} onBlur={blur}>
      <Button
        component="summary"
        ref={summary as never}
        variant="default"
        size="xs"
        className={classes.summary ?? ""}
        classNames={{ label: classes.name ?? "" }}
      >
        {user.name ?? user.email}
      </Button>
      <Paper withBorder p="xs" className={classes.content ?? ""}>
        <Stack gap={4}>
          {children}
          <Button variant="subtle" size="xs" onClick={() => void session.signOut()}>
            {t.signOut}
          </Button>
          <Button variant="subtle" size="xs" onClick={() => void session.signOut(true)}>
            {t.signOutEverywhere}
          </Button>
        </Stack>
      </Paper>
    </details>
  );
}
