/** Where, what, with whom, and when: the way to an appointment. */
import { Paper, Stack, Text, Title } from "@mantine/core";
import { isProblem } from "@shared/api/problem.ts";
import { AUTH_TEXTS } from "@shared/auth/texts.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { LiveState } from "@shared/ui/LiveState.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useMine } from "./mine.ts";
import { Picker } from "./Picker.tsx";
import type { SlotState } from "./SlotLine.tsx";
import type { PickSearch } from "./search.ts";
import { type Slot } from "./slot.ts";
import { type Site, useSites } from "./slots.ts";
import { span } from "./span.ts";
import { PICK_TEXTS } from "./texts.ts";

export function AppointmentsPage() {
  const t = useTexts(PICK_TEXTS);
  const search = useSearch({ from: "/appointments" });
  const { data: sites, error, refetch } = useSites();
  const only = sites?.length === 1 ? sites[0] : undefined;
  const site = sites?.find(({ id }) => id === search.site) ?? only;
  if (site !== undefined && sites !== undefined) return <At site={site} sites={sites} />;
  return (
    <Screen title={t.title}>
      {isProblem(error, "unauthenticated") ? <NotPublic /> : null}
      {error !== null && !isProblem(error, "unauthenticated") ? (
        <ErrorState error={error} onRepeat={() => void refetch()} />
      ) : null}
      {sites === undefined && error === null ? <LoadingState /> : null}
      {sites?.length === 0 ? (
        <EmptyState title={t.none}>
          <Stack gap="xs">
            <Text c="dimmed">{t.noneWhat}</Text>
            <TextLink to="/sale">{t.onSale}</TextLink>
          </Stack>
        </EmptyState>
      ) : null}
      {sites === undefined || sites.length === 0 ? null : <Sites sites={sites} />}
    </Screen>
  );
}

function NotPublic() {
  const t = useTexts(PICK_TEXTS);
  const { signIn } = useTexts(AUTH_TEXTS);
  return (
    <EmptyState title={t.notPublic}>
      <ButtonLink to="/account/sign-in" search={{ next: "/appointments" }}>
        {signIn}
      </ButtonLink>
    </EmptyState>
  );
}

function Sites({ sites }: { sites: Site[] }) {
  const t = useTexts(PICK_TEXTS);
  return (
    <Stack>
      <Text>{t.where}</Text>
      <Stack component="ul" p={0} m={0}>
        {sites.map((site) => (
          <Paper key={site.id} component="li" withBorder p="lg" style={{ listStyle: "none" }}>
            <Title order={2} size="h4">
              <TextLink inherit to="/appointments" search={{ site: site.id }}>
                <bdi>{site.name}</bdi>
              </TextLink>
            </Title>
            <Text c="dimmed" size="sm" style={{ whiteSpace: "pre-line" }}>
              {site.address}
            </Text>
            <Text c="dimmed" size="sm">
              {site.zone}
            </Text>
          </Paper>
        ))}
      </Stack>
    </Stack>
  );
}

function At({ site, sites }: { site: Site; sites: Site[] }) {
  const t = useTexts(PICK_TEXTS);
  const search = useSearch({ from: "/appointments" });
  const navigate = useNavigate({ from: "/appointments" });
  const show = (next: PickSearch) => void navigate({ search: next, resetScroll: false });
  return (
    <Screen title={t.titleAt(site.name)} actions={<LiveState />}>
      <Picker
        search={search}
        site={site}
        sites={sites}
        onSearch={show}
        renderAction={(slot, state, zone) => <Choose slot={slot} state={state} zone={zone} />}
      />
    </Screen>
  );
}

const WORDS: Partial<Record<SlotState, "book" | "goOn" | "look" | "wait">> = {
  free: "book",
  held: "goOn",
  booked: "look",
  full: "wait",
  busy: "wait",
};

/** The link to a time: to book it, to go on with it, or to wait for it. */
function Choose({ slot, state, zone }: { slot: Slot; state: SlotState; zone: string }) {
  const t = useTexts(PICK_TEXTS);
  const { locale } = useLocale();
  const own = useMine().get(slot.id)?.reservation.id;
  const word = WORDS[state];
  if (word === undefined) return null;
  const name = t.named(t[word], span(slot, locale, zone), slot.title);
  const common = {
    size: "sm",
    "aria-label": name,
    variant: state === "free" || state === "held" ? "filled" : "default",
  } as const;
  if (state === "booked" && own !== undefined)
    return (
      <ButtonLink to="/reservations/$reservation" params={{ reservation: own }} {...common}>
        {t[word]}
      </ButtonLink>
    );
  return (
    <ButtonLink to="/appointments/$slot" params={{ slot: slot.id }} {...common}>
      {t[word]}
    </ButtonLink>
  );
}
