/** Around every screen of the console: navigation by role, the palette, chords, the live state. */
import { AppShell, Burger, Button, Group, NavLink, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { AccountMenu } from "@shared/auth/AccountMenu.tsx";
import { address, useConfig } from "@shared/config.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { LiveState } from "@shared/ui/LiveState.tsx";
import { Preferences } from "@shared/ui/Preferences.tsx";
import { createLink, Outlet, useNavigate, useRouterState } from "@tanstack/react-router";
import { type AnchorHTMLAttributes, lazy, type Ref, Suspense, useEffect, useRef } from "react";
import { GROUPS } from "./navigation.ts";
import classes from "./Shell.module.css";
import { CONSOLE_TEXTS } from "./texts.ts";
import { useChords } from "./useChords.ts";
import { useScreens } from "./useScreens.ts";

const Palette = lazy(() => import("./Palette.tsx"));

interface PlainProps
  extends Omit<AnchorHTMLAttributes<HTMLAnchorElement>, "color" | "style" | "onChange"> {
  label: string;
  ref?: Ref<HTMLAnchorElement>;
}

const ScreenLink = createLink((props: PlainProps) => (
  <NavLink {...props} className={classes.screen ?? ""} />
));

export function Shell() {
  const t = useTexts(CONSOLE_TEXTS);
  const { organization } = useConfig();
  const [opened, { close, toggle }] = useDisclosure();
  const screens = useScreens();
  const navigate = useNavigate();
  useChords(Object.fromEntries(screens.map(({ key, to }) => [key, () => void navigate({ to })])));
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const main = useRef<HTMLElement>(null);
  const first = useRef(path);
  useEffect(() => {
    if (first.current !== path) main.current?.focus({ preventScroll: true });
    first.current = path;
    close();
  }, [path, close]);

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 208, breakpoint: "sm", collapsed: { mobile: !opened } }}
      padding="md"
    >
      <AppShell.Header px="md">
        <Group h="100%" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap" miw={0} flex={1}>
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t.menu}
            />
            <img src={address("/icon.svg")} alt="" width={22} height={22} />
            <Text fw={650} truncate miw={48}>
              {organization.name}
            </Text>
            <LiveState />
          </Group>
          <AccountMenu>
            <Preferences />
            <Button component="a" variant="subtle" size="xs" href={address("/")}>
              {t.portal}
            </Button>
          </AccountMenu>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="xs" aria-label={t.nav}>
        <AppShell.Section grow style={{ overflowY: "auto" }}>
          {GROUPS.map((group) => {
            const there = screens.filter((screen) => screen.group === group);
            return there.length === 0 ? null : (
              <div key={group} className={classes.group}>
                <Text size="xs" c="dimmed" px="xs" mb={2} id={`group-${group}`}>
                  {t[group]}
                </Text>
                <ul aria-labelledby={`group-${group}`} className={classes.screens}>
                  {there.map(({ name, to }) => (
                    <li key={name}>
                      <ScreenLink to={to} label={t[name]} activeProps={{ "data-active": true }} />
                    </li>
                  ))}
                </ul>
              </div>
            );
          })}
        </AppShell.Section>
        <AppShell.Section visibleFrom="sm" px="xs">
          <Text size="xs" c="dimmed">
            {t.chords}
          </Text>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main ref={main} tabIndex={-1}>
        <Outlet />
      </AppShell.Main>
      <Suspense fallback={null}>
        <Palette />
      </Suspense>
    </AppShell>
  );
}
