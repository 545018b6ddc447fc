/** Between the calendar and what it is made of. */
import { Group } from "@mantine/core";
import { useMay } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { SCHEDULE_TEXTS } from "./texts.ts";

const HERE = { fw: 650, underline: "always" } as const;

export function ScheduleNav() {
  const t = useTexts(SCHEDULE_TEXTS);
  const may = useMay("stock:read");
  return (
    <Group component="nav" gap="md" aria-label={t.nav}>
      <TextLink
        to="/schedule"
        activeOptions={{ exact: true, includeSearch: false }}
        activeProps={HERE}
      >
        {t.calendar}
      </TextLink>
      {may ? (
        <>
          <TextLink to="/schedule/recurring" activeProps={HERE}>
            {t.recurring}
          </TextLink>
          <TextLink to="/schedule/pools" activeProps={HERE}>
            {t.pools}
          </TextLink>
        </>
      ) : null}
      <TextLink to="/schedule/sites" activeProps={HERE}>
        {t.sites}
      </TextLink>
    </Group>
  );
}
