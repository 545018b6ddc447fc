import { Alert, Button, PasswordInput, Stack, Title } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { type FormEvent, useState } from "react";
import { useChangePassword } from "./acts.ts";
import { fieldOf } from "./fields.ts";
import { ACCOUNT_TEXTS } from "./texts.ts";

const EMPTY = { current: "", new: "" };

export function ChangePassword({ email }: { email: string }) {
  const t = useTexts(ACCOUNT_TEXTS);
  const [values, setValues] = useState(EMPTY);
  const [isDone, setDone] = useState(false);
  const change = useChangePassword(() => {
    setValues(EMPTY);
    setDone(true);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setDone(false);
    change.start(values);
  };
  const field = fieldOf(change.problem);
  return (
    <Stack component="section" aria-label={t.password} maw={420}>
      <Title order={2} size="h4">
        {t.password}
      </Title>
      <form onSubmit={submit}>
        <Stack>
          <input type="text" hidden readOnly autoComplete="username" value={email} />
          <PasswordInput
            label={t.current}
            required
            autoComplete="current-password"
            value={values.current}
            onChange={(event) => setValues({ ...values, current: event.currentTarget.value })}
            error={field === "current" ? t.notYours : undefined}
          />
          <PasswordInput
            label={t.new}
            description={t.newWhat}
            required
            minLength={8}
            autoComplete="new-password"
            value={values.new}
            onChange={(event) => setValues({ ...values, new: event.currentTarget.value })}
            error={field === "new" ? t.weak : undefined}
          />
          {change.problem === null || field !== null ? null : (
            <ErrorState
              error={change.problem}
              onRepeat={change.problem.transient ? change.repeat : undefined}
            />
          )}
          {isDone ? (
            <Alert color="green" role="status">
              {t.changed}
            </Alert>
          ) : null}
          <Button type="submit" loading={change.pending} style={{ alignSelf: "start" }}>
            {t.change}
          </Button>
        </Stack>
      </form>
    </Stack>
  );
}
