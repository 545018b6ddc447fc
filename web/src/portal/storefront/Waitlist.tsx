/** A place in the line for what is sold out, and the offer that it leads to. */
import { Button, Group, Stack, Text, Title } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useSession } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink } from "@shared/ui/links.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { Timer } from "@shared/ui/Timer.tsx";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useEffect } from "react";
import { WAIT_TEXTS } from "./texts.ts";

type Entry = Schemas["WaitView"];

/** The entry that counts: one that waits, or has an offer. */
function useEntry(offering: string) {
  const { user } = useSession();
  const { data, refetch } = useQuery({
    queryKey: ["waitlist", "own", user?.id, offering],
    queryFn: () => {
      const query = user === null ? { offering } : { offering, customer: user.id };
      return done(api.GET("/v1/waitlist", { params: { query } }));
    },
    enabled: user !== null,
    // An offer is not told by the live door; what becomes free is, and asks for this anew.
    refetchInterval: 15_000,
  });
  const entry = data?.data.findLast(({ status }) => status === "waiting" || status === "offered");
  return { entry, refetch };
}

interface WaitlistProps {
  /** The offering's id. */
  offering: string;
  /** The same, as it is named to the server. */
  what: { sku: string } | { slot: string };
  /** Where to come back to after signing in. */
  here: string;
  soldOut: boolean;
}

export function Waitlist({ here, offering, soldOut, what }: WaitlistProps) {
  const t = useTexts(WAIT_TEXTS);
  const { user } = useSession();
  const { entry, refetch } = useEntry(offering);
  const client = useQueryClient();
  const offer = entry?.reservation ?? null;
  useEffect(() => {
    // An offer is a hold of one's own that nobody has told of.
    if (offer !== null) void client.invalidateQueries({ queryKey: ["reservations"] });
  }, [client, offer]);
  const refresh = () => {
    void client.invalidateQueries({ queryKey: ["waitlist"] });
    void client.invalidateQueries({ queryKey: ["reservations"] });
  };
  const join = useIntent<void, Entry>({
    run: (key) =>
      done(
        api.POST("/v1/waitlist", {
          params: { header: { "Idempotency-Key": key } },
          body: { ...what, quantity: 1 },
        }),
      ),
    onDone: refresh,
  });
  const leave = useIntent<string, Entry>({
    run: (key, id) =>
      done(
        api.DELETE("/v1/waitlist/{entry}", {
          params: { path: { entry: id }, header: { "Idempotency-Key": key } },
        }),
      ),
    onDone: refresh,
  });
  if (entry === undefined && !soldOut) return null;
  const problem = join.problem ?? leave.problem;
  return (
    <Stack component="section" gap="xs" aria-label={t.title}>
      <Title order={2} size="h4">
        {t.title}
      </Title>
      {entry === undefined && user === null ? (
        <ButtonLink to="/account/sign-in" search={{ next: here }} style={{ alignSelf: "start" }}>
          {t.signIn}
        </ButtonLink>
      ) : null}
      {entry === undefined && user !== null ? (
        <Button loading={join.pending} onClick={() => join.start()} style={{ alignSelf: "start" }}>
          {t.join}
        </Button>
      ) : null}
      {entry === undefined ? null : (
        <Place entry={entry} onOver={() => void refetch()}>
          <Button
            variant="default"
            loading={leave.pending}
            onClick={() => leave.start(entry.id)}
            style={{ alignSelf: "start" }}
          >
            {entry.status === "offered" ? t.decline : t.leave}
          </Button>
        </Place>
      )}
      {problem === null ? null : (
        <ErrorState error={problem} onRepeat={problem.transient ? join.repeat : undefined} />
      )}
    </Stack>
  );
}

interface PlaceProps {
  entry: Entry;
  onOver: () => void;
  children: ReactNode;
}

function Place({ children, entry, onOver }: PlaceProps) {
  const t = useTexts(WAIT_TEXTS);
  if (entry.status === "offered")
    return (
      <>
        <Text role="status">
          {t.offered} {t.accept}
        </Text>
        {entry.offer_expires_at === null ? null : (
          <Group gap="xs">
            <Text>{t.offerEnds}</Text>
            {/* The hold bar says it aloud. */}
            <Timer
              until={entry.offer_expires_at}
              label={t.offerEnds}
              onOver={onOver}
              urgent={false}
            />
          </Group>
        )}
        {children}
      </>
    );
  return (
    <>
      <Text role="status">{entry.position === null ? t.waiting : t.position(entry.position)}</Text>
      <Text c="dimmed">{t.waitingWhat}</Text>
      {children}
    </>
  );
}
