/** When, where, with whom and with what. */
import { Text } from "@mantine/core";
import { money } from "@shared/format/money.ts";
import { ownZone } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import type { ReactNode } from "react";
import classes from "./SlotFacts.module.css";
import { type Slot } from "./slot.ts";
import { useSites } from "./slots.ts";
import { dayAndSpan } from "./span.ts";
import { SLOT_TEXTS } from "./texts.ts";

export function SlotFacts({ children, slot }: { slot: Slot; children?: ReactNode }) {
  const t = useTexts(SLOT_TEXTS);
  const { locale } = useLocale();
  const { data: sites } = useSites();
  const address = sites?.find(({ id }) => id === slot.site)?.address;
  const own = ownZone();
  const of = (kind: string) => slot.requirements.filter((it) => it.kind === kind);
  const people = [slot.practitioner?.name, ...of("practitioner").map(({ name }) => name)];
  const rooms = [slot.room?.name, ...of("room").map(({ name }) => name)];
  const equipment = of("equipment").map(({ name, units }) => t.units(units, name));
  return (
    <dl className={classes.facts}>
      <Fact name={t.when}>
        <span className="tabular">{dayAndSpan(slot, locale, slot.zone)}</span>
        <Text size="sm" c="dimmed">
          {slot.zone}
        </Text>
        {own === slot.zone ? null : (
          <Text size="sm" c="dimmed" className="tabular no-print">
            {t.yourTime(dayAndSpan(slot, locale, own), own)}
          </Text>
        )}
      </Fact>
      <Fact name={t.where}>
        <bdi>{slot.site_name}</bdi>
        {address ? (
          <Text size="sm" c="dimmed" style={{ whiteSpace: "pre-line" }}>
            {address}
          </Text>
        ) : null}
      </Fact>
      <Names name={t.room} values={rooms} />
      <Names name={t.with} values={people} />
      <Names name={t.equipment} values={equipment} />
      {slot.price === null ? null : <Fact name={t.price}>{money(slot.price, locale)}</Fact>}
      {children}
    </dl>
  );
}

function Names({ name, values }: { name: string; values: (string | undefined)[] }) {
  const there = values.filter((value) => value !== undefined);
  if (there.length === 0) return null;
  return (
    <Fact name={name}>
      {there.map((value, place) => (
        <span key={place}>
          {place === 0 ? null : ", "}
          <bdi>{value}</bdi>
        </span>
      ))}
    </Fact>
  );
}

export function Fact({ children, name }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
