/** One time: what it is, and the steps by which it becomes one's own. */
import { Stack, Text } from "@mantine/core";
import type { Problem } from "@shared/api/problem.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { LiveState } from "@shared/ui/LiveState.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState, ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import type { Own } from "../storefront/reservations.ts";
import { Waitlist } from "../storefront/Waitlist.tsx";
import { DetailsForm } from "./DetailsForm.tsx";
import { dateIn } from "./dates.ts";
import { useFreshSlots } from "./freshSlots.ts";
import { HeldStep } from "./HeldStep.tsx";
import { LostStep } from "./LostStep.tsx";
import { useLost, useMine } from "./mine.ts";
import { Refused } from "./Refused.tsx";
import { SlotFacts } from "./SlotFacts.tsx";
import { slotState } from "./SlotLine.tsx";
import { type Slot, useSlot } from "./slot.ts";
import { SLOT_TEXTS } from "./texts.ts";
import { WhyNot } from "./WhyNot.tsx";

export function SlotPage() {
  const { slot: id } = useParams({ from: "/appointments/$slot" });
  const t = useTexts(SLOT_TEXTS);
  const { data, error, refetch } = useSlot(id);
  return (
    <Screen title={data?.title ?? t.when} actions={<LiveState />}>
      {error !== null ? <ErrorState error={error} onRepeat={() => void refetch()} /> : null}
      {data === undefined && error === null ? <LoadingState rows={2} height={140} /> : null}
      {data === undefined ? (
        <TextLink to="/appointments">{t.other}</TextLink>
      ) : (
        <Detail key={data.id} slot={data} />
      )}
    </Screen>
  );
}

function Detail({ slot }: { slot: Slot }) {
  const t = useTexts(SLOT_TEXTS);
  useFreshSlots(slot.site);
  const own = useMine().get(slot.id);
  const day = dateIn(Date.parse(slot.starts_at), slot.zone);
  return (
    <Stack gap="lg">
      {slot.description === null ? null : (
        <Text style={{ whiteSpace: "pre-line" }}>{slot.description}</Text>
      )}
      <SlotFacts slot={slot} />
      <Step slot={slot} own={own} />
      <TextLink to="/appointments" search={{ site: slot.site, day }}>
        {t.other}
      </TextLink>
    </Stack>
  );
}

function Step({ own, slot }: { slot: Slot; own: Own | undefined }) {
  const t = useTexts(SLOT_TEXTS);
  const [refused, setRefused] = useState<Problem | null>(null);
  const lost = useLost(slot.id);
  const state = slotState(slot, own);
  if (own !== undefined && state === "held")
    return <HeldStep own={own} slot={slot} onProblem={setRefused} />;
  if (own !== undefined)
    return (
      <EmptyState title={t.booked}>
        <ButtonLink to="/reservations/$reservation" params={{ reservation: own.reservation.id }}>
          {t.see}
        </ButtonLink>
      </EmptyState>
    );
  const canWait = state === "full" || state === "busy";
  return (
    <Stack gap="lg">
      {lost !== null ? <LostStep own={lost} slot={slot} isFree={state === "free"} /> : null}
      {lost === null && refused !== null ? (
        <Refused problem={refused} zone={slot.zone} onRepeat={() => setRefused(null)} />
      ) : null}
      {state === "free" ? <DetailsForm slot={slot} /> : <WhyNot slot={slot} state={state} />}
      {canWait || state === "free" ? (
        <Waitlist
          offering={slot.id}
          what={{ slot: slot.id }}
          here={`/appointments/${slot.id}`}
          soldOut={canWait}
        />
      ) : null}
    </Stack>
  );
}
