/** Around every screen of the portal: where one can go, who one is, what one holds. */
import { Container } from "@mantine/core";
import { AccountMenu } from "@shared/auth/AccountMenu.tsx";
import { AUTH_TEXTS } from "@shared/auth/texts.ts";
import { useSession } from "@shared/auth/useSession.ts";
import { address, useConfig } from "@shared/config.ts";
import { texts, useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { Preferences } from "@shared/ui/Preferences.tsx";
import { Outlet, useRouterState } from "@tanstack/react-router";
import { type MouseEvent, useEffect, useRef } from "react";
import classes from "./Shell.module.css";
import { HoldBar } from "./storefront/HoldBar.tsx";

const TEXTS = texts({
  en: {
    skip: "Skip to the content",
    sale: "On sale",
    appointments: "Appointments",
    mine: "My reservations",
    nav: "Main",
    account: "Account",
  },
  de: {
    skip: "Zum Inhalt",
    sale: "Im Verkauf",
    appointments: "Termine",
    mine: "Meine Reservierungen",
    nav: "Hauptnavigation",
    account: "Konto",
  },
});

const HERE = { "data-active": true };

export function Shell() {
  const t = useTexts(TEXTS);
  const { organization } = useConfig();
  const main = useRef<HTMLElement>(null);
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const first = useRef(path);
  useEffect(() => {
    // Whoever goes on by keyboard or hears the page begins at the new screen.
    if (first.current !== path) main.current?.focus({ preventScroll: true });
    first.current = path;
  }, [path]);
  return (
    <div className={classes.page}>
      <a href="#content" className="skip" onClick={(event) => skip(event, main.current)}>
        {t.skip}
      </a>
      <header className={classes.header}>
        <Container size="md" className={classes.bar ?? ""}>
          <TextLink to="/" className={classes.name ?? ""} underline="never">
            <img src={address("/icon.svg")} alt="" width={26} height={26} />
            {organization.name}
          </TextLink>
          <nav className={classes.nav} aria-label={t.nav}>
            <TextLink to="/sale" activeProps={HERE} underline="never">
              {t.sale}
            </TextLink>
            <TextLink to="/appointments" activeProps={HERE} underline="never">
              {t.appointments}
            </TextLink>
            <TextLink to="/reservations" activeProps={HERE} underline="never">
              {t.mine}
            </TextLink>
          </nav>
          <div className={classes.account}>
            <Account />
          </div>
        </Container>
      </header>
      <main id="content" ref={main} tabIndex={-1} className={classes.main}>
        <Container size="md" py="xl">
          <Outlet />
        </Container>
      </main>
      <footer className={`${classes.footer} no-print`}>
        <Container size="md" py="md">
          <Preferences />
        </Container>
      </footer>
      <HoldBar />
    </div>
  );
}

function skip(event: MouseEvent, main: HTMLElement | null): void {
  // With a base in the page, a bare `#content` would lead to another page.
  event.preventDefault();
  main?.focus();
}

function Account() {
  const t = { ...useTexts(AUTH_TEXTS), ...useTexts(TEXTS) };
  const { user } = useSession();
  if (user !== null)
    return (
      <AccountMenu>
        <ButtonLink to="/account" variant="subtle" size="xs">
          {t.account}
        </ButtonLink>
      </AccountMenu>
    );
  return (
    <ButtonLink to="/account/sign-in" variant="default" size="xs">
      {t.signIn}
    </ButtonLink>
  );
}
