import { Checkbox, Stack, Text, TextInput } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { useMe } from "@shared/auth/useSession.ts";
import { ownZone } from "@shared/format/time.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useState } from "react";
import { FormDialog } from "../parts/FormDialog.tsx";
import { fieldError } from "../parts/fieldError.ts";
import { PART_TEXTS } from "../parts/texts.ts";
import { useOnce } from "../parts/useOnce.ts";
import { SCOPE_TEXTS, SCOPES, type Scope } from "./scopes.ts";
import { KEY_TEXTS } from "./texts.ts";

interface KeyDialogProps {
  onMade: (key: Schemas["NewKeyView"]) => void;
  onUnsure: () => void;
  onClose: () => void;
}

export function KeyDialog({ onClose, onMade, onUnsure }: KeyDialogProps) {
  const t = useTexts(KEY_TEXTS);
  const part = useTexts(PART_TEXTS);
  const words = useTexts(SCOPE_TEXTS);
  const may = useMe()?.permissions ?? [];
  const [name, setName] = useState("");
  const [until, setUntil] = useState("");
  const [chosen, setChosen] = useState<Scope[]>([]);
  const [tried, setTried] = useState(false);
  const make = useOnce<Schemas["KeyRequest"], Schemas["NewKeyView"]>({
    run: (body) =>
      done(api.POST("/v1/api-keys", { body })).catch((error: unknown) => {
        onUnsure();
        throw error;
      }),
    onDone: onMade,
  });
  const submit = () => {
    setTried(true);
    if (chosen.length === 0) return;
    make.start({
      name: name.trim(),
      scopes: chosen,
      expires_at: until === "" ? null : new Date(until).toISOString(),
    });
  };
  const toggle = (scope: Scope) =>
    setChosen(chosen.includes(scope) ? chosen.filter((it) => it !== scope) : [...chosen, scope]);
  return (
    <FormDialog
      opened
      title={t.make}
      action={t.makeIt}
      pending={make.pending}
      problem={make.problem}
      atField={fieldError(make.problem, "name", "expires_at") !== undefined}
      onSubmit={submit}
      onClose={onClose}
    >
      <TextInput
        label={t.name}
        placeholder={t.nameHint}
        required
        maxLength={100}
        value={name}
        error={fieldError(make.problem, "name")}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Checkbox.Group
        label={t.scopes}
        description={t.scopesWhat}
        error={tried && chosen.length === 0 ? t.noScope : fieldError(make.problem, "scopes")}
        value={chosen}
      >
        <Stack gap={6} mt="xs">
          {SCOPES.filter((scope) => may.includes(scope)).map((scope) => (
            <Checkbox
              key={scope}
              value={scope}
              label={scope}
              description={words[scope]}
              onChange={() => toggle(scope)}
              checked={chosen.includes(scope)}
            />
          ))}
        </Stack>
      </Checkbox.Group>
      <TextInput
        type="datetime-local"
        label={t.expires}
        description={t.expiresWhat(ownZone())}
        value={until}
        error={fieldError(make.problem, "expires_at")}
        onChange={(event) => setUntil(event.currentTarget.value)}
      />
      {make.unsure ? <Text size="sm">{part.unsure}</Text> : null}
    </FormDialog>
  );
}
