/** Sites: where things happen, by which clocks, when they are open and when not. */
import { Button, Group, Table } from "@mantine/core";
import { useMay } from "@shared/auth/useSession.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useSites } from "../queries.ts";
import { ScheduleNav } from "../ScheduleNav.tsx";
import { dayAndClock, offset } from "../time/words.ts";
import { useMinute } from "../useMinute.ts";
import { SiteForm } from "./SiteForm.tsx";
import { PLACE_TEXTS } from "./texts.ts";

export function SitesPage() {
  const t = useTexts(PLACE_TEXTS);
  const { locale } = useLocale();
  const now = useMinute();
  const { edit } = useSearch({ from: "/inside/schedule/sites" });
  const navigate = useNavigate();
  const open = (id?: string) =>
    void navigate({ to: "/schedule/sites", search: id === undefined ? {} : { edit: id } });
  const mayChange = useMay("stock:write");
  const mayStock = useMay("stock:read");
  const { data: sites, error, isPending, refetch } = useSites();
  const edited = sites?.find(({ id }) => id === edit);
  return (
    <Screen title={t.sitesTitle} actions={<ScheduleNav />}>
      {mayChange ? (
        <Button style={{ alignSelf: "start" }} onClick={() => open("new")}>
          {t.newSite}
        </Button>
      ) : null}
      {isPending ? <LoadingState rows={4} height={32} /> : null}
      {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
      {sites?.length === 0 ? (
        <EmptyState title={t.noSites}>{mayChange ? t.noSitesWhat : t.readOnly}</EmptyState>
      ) : null}
      {sites === undefined || sites.length === 0 ? null : (
        <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table aria-label={t.sitesTitle} verticalSpacing={6}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th scope="col">{t.name}</Table.Th>
                <Table.Th scope="col">{t.zone}</Table.Th>
                <Table.Th scope="col">{t.now}</Table.Th>
                <Table.Td />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {sites.map((site) => (
                <Table.Tr key={site.id}>
                  <Table.Th scope="row" fw={600}>
                    {site.name}
                  </Table.Th>
                  <Table.Td>{site.zone}</Table.Td>
                  <Table.Td>
                    {dayAndClock(now, site.zone, locale)} {offset(now, site.zone, locale)}
                  </Table.Td>
                  <Table.Td>
                    <Group gap="sm" justify="flex-end" wrap="nowrap">
                      <TextLink to="/schedule" search={{ site: site.id }}>
                        {t.calendar}
                      </TextLink>
                      {mayStock ? (
                        <TextLink to="/schedule/recurring" search={{ site: site.id }}>
                          {t.schedules}
                        </TextLink>
                      ) : null}
                      {mayChange ? (
                        <Button
                          size="xs"
                          variant="default"
                          aria-label={t.change(site.name)}
                          onClick={() => open(site.id)}
                        >
                          {t.editSite}
                        </Button>
                      ) : null}
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {mayChange && (edit === "new" || edited !== undefined) ? (
        <SiteForm key={edit} site={edited ?? null} onClose={() => open()} />
      ) : null}
    </Screen>
  );
}
