import { Code } from "@mantine/core";
import { useMay } from "@shared/auth/useSession.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import { Timer } from "@shared/ui/Timer.tsx";
import { Facts } from "../parts/Facts.tsx";
import { ActorName, CustomerName } from "../parts/People.tsx";
import type { Reservation } from "./queries.ts";
import { DETAIL_TEXTS } from "./texts.ts";

export function Details({ reservation: it }: { reservation: Reservation }) {
  const t = useTexts(DETAIL_TEXTS);
  const { locale } = useLocale();
  const maySeeCustomers = useMay("customers:read");
  const when = (instant: string | null) => (instant === null ? null : dateTime(instant, locale));
  const customer =
    it.customer !== null && maySeeCustomers ? (
      <TextLink to="/customers/$customer" params={{ customer: it.customer }} size="sm">
        <CustomerName id={it.customer} />
      </TextLink>
    ) : (
      <CustomerName id={it.customer} />
    );
  const isHeld = it.status === "held" && it.expires_at !== null;
  const metadata = it.metadata === null ? {} : it.metadata;
  return (
    <Facts
      of={[
        [t.customer, customer],
        [
          t.endsIn,
          isHeld ? <Timer key="left" until={it.expires_at ?? ""} label={t.endsIn} inherit /> : null,
        ],
        [t.ends, isHeld ? when(it.expires_at) : null],
        [t.placed, when(it.created_at)],
        [t.by, <ActorName key="by" actor={it.created_by} />],
        [t.confirmed, when(it.confirmed_at)],
        [t.ended, when(it.ended_at)],
        [t.cancellable, when(it.cancellable_until)],
        [t.reason, it.reason],
        [t.notes, it.notes],
        [t.guests, it.guest_count],
        [t.id, it.id],
        [
          t.metadata,
          Object.keys(metadata).length === 0 ? null : (
            <Code key="kept">{JSON.stringify(metadata)}</Code>
          ),
        ],
      ]}
    />
  );
}
