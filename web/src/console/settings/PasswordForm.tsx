import { Button, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { fieldError } from "../parts/fieldError.ts";
import { useOnce } from "../parts/useOnce.ts";
import { SETTINGS_TEXTS } from "./texts.ts";

export function PasswordForm({ email }: { email: string }) {
  const t = useTexts(SETTINGS_TEXTS);
  const client = useQueryClient();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const [said, setSaid] = useState("");
  const change = useOnce<Schemas["ChangePasswordRequest"], unknown>({
    run: (body) => done(api.POST("/api/auth/password", { body })),
    onDone: () => {
      setCurrent("");
      setFresh("");
      setSaid(t.changed);
      void client.invalidateQueries({ queryKey: ["sessions"] });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSaid("");
    change.start({ current, new: fresh });
  };
  const { problem } = change;
  const wrong =
    isProblem(problem, "forbidden", "unauthenticated") || fieldError(problem, "current");
  const weak = fieldError(problem, "new");
  return (
    <form onSubmit={submit}>
      <Stack gap="sm" maw={360} mt="sm">
        <Title order={3} size="h5">
          {t.password}
        </Title>
        <input type="hidden" name="username" autoComplete="username" value={email} />
        <PasswordInput
          label={t.current}
          required
          autoComplete="current-password"
          value={current}
          error={wrong ? t.wrong : undefined}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label={t.fresh}
          description={t.freshWhat}
          required
          minLength={8}
          maxLength={128}
          autoComplete="new-password"
          value={fresh}
          error={weak}
          onChange={(event) => setFresh(event.currentTarget.value)}
        />
        {problem === null || wrong || weak !== undefined ? null : <ErrorState error={problem} />}
        <Group>
          <Button type="submit" size="xs" variant="default" loading={change.pending}>
            {t.change}
          </Button>
        </Group>
        <Text size="sm" role="status">
          {said}
        </Text>
      </Stack>
    </form>
  );
}
