/** The stock: so many more or fewer, or exactly so many if it still is what one has seen. */
import {
  Alert,
  Button,
  Checkbox,
  NumberInput,
  SegmentedControl,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import type { Problem } from "@shared/api/problem.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import type { Item } from "./items.ts";
import { INVENTORY_TEXTS } from "./texts.ts";

type Way = "delta" | "set";

export function Adjust({ capacity, item }: { item: Item; capacity: number }) {
  const t = useTexts(INVENTORY_TEXTS);
  const client = useQueryClient();
  const [way, setWay] = useState<Way>("delta");
  const [units, setUnits] = useState<number | string>("");
  const [reason, setReason] = useState("");
  const [drain, setDrain] = useState(false);
  // What it was when somebody began to think about it, whatever is heard since.
  const [seen, setSeen] = useState<number | null>(null);
  const [missing, setMissing] = useState<"units" | "reason" | null>(null);
  const expected = seen ?? capacity;
  const change = useIntent<Schemas["CapacityRequest"], Schemas["CapacityView"]>({
    run: (key, body) =>
      done(
        api.POST("/v1/items/{item}/capacity", {
          params: { path: { item: item.id }, header: { "Idempotency-Key": key } },
          body,
        }),
      ),
    onDone: () => {
      setUnits("");
      setReason("");
      setDrain(false);
      setSeen(null);
      void client.invalidateQueries({ queryKey: ["offerings"] });
    },
    onProblem: () => void client.invalidateQueries({ queryKey: ["offerings", "item", item.id] }),
  });
  const { pending, problem, repeat, reset, result, start } = change;
  const begin = () => setSeen((old) => old ?? capacity);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const lacks = units === "" ? "units" : way === "delta" && !reason.trim() ? "reason" : null;
    setMissing(lacks);
    if (lacks !== null) return;
    const why = reason.trim() === "" ? {} : { reason: reason.trim() };
    start(
      way === "delta"
        ? { delta: Number(units), drain, ...why }
        : { capacity: Number(units), expected, drain, ...why },
    );
  };
  const goOn = (now: number) => {
    setSeen(now);
    reset();
  };

  return (
    <Stack component="section" aria-label={t.stock} gap="xs">
      <Title order={2} size="h4">
        {t.stock}
      </Title>
      <form onSubmit={submit} noValidate>
        <Stack gap="sm" align="start">
          <SegmentedControl
            aria-label={t.way}
            value={way}
            onChange={(chosen) => {
              setWay(chosen as Way);
              setUnits("");
              setMissing(null);
              reset();
            }}
            data={[
              { value: "delta", label: t.byDelta },
              { value: "set", label: t.bySetting },
            ]}
          />
          <NumberInput
            label={way === "delta" ? t.delta : t.newCapacity}
            description={way === "delta" ? t.deltaWhat : t.ifStill(expected)}
            value={units}
            onChange={(value) => {
              begin();
              setUnits(value);
            }}
            onFocus={begin}
            allowDecimal={false}
            allowNegative={way === "delta"}
            error={missing === "units" ? t.needed : undefined}
            required
            w={260}
          />
          <TextInput
            label={way === "delta" ? t.reason : t.reasonOptional}
            description={t.reasonWhat}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={missing === "reason" ? t.needed : undefined}
            required={way === "delta"}
            maxLength={500}
            w="100%"
            maw={420}
          />
          <Checkbox
            label={t.drain}
            description={t.drainWhat}
            checked={drain}
            onChange={(event) => setDrain(event.currentTarget.checked)}
          />
          <Refused problem={problem} onRepeat={repeat} onGoOn={goOn} />
          <Text size="sm" role="status">
            {result === undefined || pending || problem !== null ? "" : t.adjusted(result.capacity)}
          </Text>
          <Button type="submit" loading={pending}>
            {way === "delta" ? t.adjust : t.set}
          </Button>
        </Stack>
      </form>
    </Stack>
  );
}

interface RefusedProps {
  problem: Problem | null;
  onRepeat: () => void;
  onGoOn: (capacity: number) => void;
}

function Refused({ onGoOn, onRepeat, problem }: RefusedProps) {
  const t = useTexts(INVENTORY_TEXTS);
  if (problem === null) return null;
  const { facts } = problem;
  if (problem.code === "version_conflict" && typeof facts.capacity === "number") {
    const now = facts.capacity;
    return (
      <Alert color="orange" title={t.conflict} role="alert">
        <Stack gap="xs" align="start">
          <Text size="sm">{t.conflictWhat(now, Number(facts.expected))}</Text>
          <Button size="xs" variant="default" onClick={() => onGoOn(now)}>
            {t.goOnFrom(now)}
          </Button>
        </Stack>
      </Alert>
    );
  }
  if (problem.code === "capacity_below_reserved")
    return (
      <Alert color="orange" title={t.belowReserved} role="alert">
        {t.belowReservedWhat(Number(facts.held), Number(facts.confirmed))}
      </Alert>
    );
  return <ErrorState error={problem} onRepeat={problem.transient ? onRepeat : undefined} />;
}
