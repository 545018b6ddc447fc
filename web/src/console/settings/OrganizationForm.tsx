import {
  Button,
  Checkbox,
  Group,
  NumberInput,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { fieldError } from "../parts/fieldError.ts";
import {
  changeOf,
  type Draft,
  draftOf,
  NUMBERS,
  type NumberName,
  type Organization,
  type OrganizationChange,
  SWITCHES,
  type SwitchName,
} from "./change.ts";
import { SETTINGS_TEXTS } from "./texts.ts";

export function OrganizationForm({ organization }: { organization: Organization }) {
  const t = useTexts(SETTINGS_TEXTS);
  const client = useQueryClient();
  const [draft, setDraft] = useState(() => draftOf(organization));
  const [said, setSaid] = useState("");
  const save = useIntent<OrganizationChange, Organization>({
    run: (key, body) =>
      done(api.PATCH("/v1/organization", { params: { header: { "Idempotency-Key": key } }, body })),
    onDone: (now) => {
      client.setQueryData(["organization"], now);
      setDraft(draftOf(now));
      setSaid(t.saved);
    },
  });
  const put = (more: Partial<Draft>) => {
    setSaid("");
    setDraft({ ...draft, ...more });
  };
  const change = changeOf(organization, draft);
  const same = Object.keys(change).length === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!same) save.start(change);
  };
  const numbers: Record<NumberName, [label: string, what: string]> = {
    hold_ttl_seconds: [t.holdTtl, t.holdTtlWhat],
    max_live_holds: [t.maxHolds, t.maxHoldsWhat],
    offer_ttl_seconds: [t.offerTtl, ""],
    horizon_days: [t.horizon, t.siteWhat],
    notice_minutes: [t.notice, t.siteWhat],
    cutoff_minutes: [t.cutoff, t.siteWhat],
  };
  const switches: Record<SwitchName, string> = {
    guest_holds: t.guests,
    public_catalogue: t.catalogue,
    open_registration: t.registration,
  };
  const atField = fieldError(save.problem, "name", ...NUMBERS) !== undefined;
  return (
    <form onSubmit={submit}>
      <Stack maw={720}>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <TextInput
            label={t.name}
            required
            maxLength={200}
            value={draft.name}
            error={fieldError(save.problem, "name")}
            onChange={(event) => put({ name: event.currentTarget.value })}
          />
          <TextInput label={t.slug} value={organization.slug} readOnly variant="filled" />
        </SimpleGrid>
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {NUMBERS.map((name) => (
            <NumberInput
              key={name}
              label={numbers[name][0]}
              {...(numbers[name][1] === "" ? {} : { description: numbers[name][1] })}
              inputWrapperOrder={["label", "input", "description", "error"]}
              min={0}
              allowDecimal={false}
              required={name !== "max_live_holds"}
              withAsterisk={false}
              value={draft[name]}
              error={fieldError(save.problem, name)}
              onChange={(value) => put({ [name]: value })}
            />
          ))}
        </SimpleGrid>
        {SWITCHES.map((name) => (
          <Checkbox
            key={name}
            label={switches[name]}
            checked={draft[name]}
            onChange={(event) => put({ [name]: event.currentTarget.checked })}
          />
        ))}
        {save.problem === null || atField ? null : (
          <ErrorState
            error={save.problem}
            onRepeat={save.problem.transient ? save.repeat : undefined}
          />
        )}
        <Group>
          <Button type="submit" size="xs" disabled={same} loading={save.pending}>
            {t.save}
          </Button>
          <Text size="sm" role="status">
            {said}
          </Text>
        </Group>
      </Stack>
    </form>
  );
}
