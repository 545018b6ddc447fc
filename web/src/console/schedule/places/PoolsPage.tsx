/** Rooms, practitioners and equipment: what slots take, how many there are, and their buffers. */
import { Button, Stack, Table } from "@mantine/core";
import { useMay } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { usePools, useSites } from "../queries.ts";
import { KINDS } from "../routes.ts";
import { ScheduleNav } from "../ScheduleNav.tsx";
import { PoolForm } from "./PoolForm.tsx";
import { PLACE_TEXTS } from "./texts.ts";

export function PoolsPage() {
  const t = useTexts(PLACE_TEXTS);
  const { edit } = useSearch({ from: "/inside/schedule/pools" });
  const navigate = useNavigate();
  const open = (id?: string) =>
    void navigate({ to: "/schedule/pools", search: id === undefined ? {} : { edit: id } });
  const mayChange = useMay("stock:write");
  const { data: pools, error, isPending, refetch } = usePools();
  const { data: sites = [] } = useSites();
  const edited = pools?.find(({ id }) => id === edit);
  const sorted = KINDS.flatMap((kind) =>
    (pools ?? [])
      .filter((pool) => pool.kind === kind)
      .toSorted((a, b) => a.name.localeCompare(b.name)),
  );
  return (
    <Screen title={t.poolsTitle} actions={<ScheduleNav />}>
      {mayChange ? (
        <Button style={{ alignSelf: "start" }} onClick={() => open("new")}>
          {t.newPool}
        </Button>
      ) : null}
      {isPending ? <LoadingState rows={6} height={32} /> : null}
      {error === null ? null : <ErrorState error={error} onRepeat={() => void refetch()} />}
      {pools?.length === 0 ? (
        <EmptyState title={t.noPools}>{mayChange ? t.noPoolsWhat : t.readOnly}</EmptyState>
      ) : null}
      {sorted.length === 0 ? null : (
        <Stack>
          <Table.ScrollContainer
            minWidth={560}
            scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}
          >
            <Table aria-label={t.poolsTitle} verticalSpacing={6}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th scope="col">{t.name}</Table.Th>
                  <Table.Th scope="col">{t.kind}</Table.Th>
                  <Table.Th scope="col" ta="right">
                    {t.unitsShort}
                  </Table.Th>
                  <Table.Th scope="col">{t.homeSite}</Table.Th>
                  <Table.Th scope="col" ta="right">
                    {t.buffers}
                  </Table.Th>
                  {mayChange ? <Table.Td /> : null}
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {sorted.map((pool) => (
                  <Table.Tr key={pool.id}>
                    <Table.Th scope="row" fw={600}>
                      {pool.name}
                    </Table.Th>
                    <Table.Td>{t[pool.kind]}</Table.Td>
                    <Table.Td ta="right">{pool.units}</Table.Td>
                    <Table.Td>
                      {sites.find(({ id }) => id === pool.site)?.name ?? t.anywhere}
                    </Table.Td>
                    <Table.Td ta="right">
                      {t.minutes(pool.before_minutes, pool.after_minutes)}
                    </Table.Td>
                    {mayChange ? (
                      <Table.Td ta="right">
                        <Button
                          size="xs"
                          variant="default"
                          aria-label={t.change(pool.name)}
                          onClick={() => open(pool.id)}
                        >
                          {t.editPool}
                        </Button>
                      </Table.Td>
                    ) : null}
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Stack>
      )}
      {mayChange && (edit === "new" || edited !== undefined) ? (
        <PoolForm key={edit} pool={edited ?? null} sites={sites} onClose={() => open()} />
      ) : null}
    </Screen>
  );
}
