/** Nothing can be planned before there is a site, by whose clocks it is meant. */
import { useMay } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink } from "@shared/ui/links.tsx";
import { EmptyState } from "@shared/ui/states.tsx";
import { SCHEDULE_TEXTS } from "./texts.ts";

export function NoSite() {
  const t = useTexts(SCHEDULE_TEXTS);
  if (!useMay("stock:write")) return <EmptyState title={t.noSites}>{t.noSitesRead}</EmptyState>;
  return (
    <EmptyState title={t.noSites}>
      {t.noSitesWhat}
      <ButtonLink to="/schedule/sites" search={{ edit: "new" }}>
        {t.makeSite}
      </ButtonLink>
    </EmptyState>
  );
}
