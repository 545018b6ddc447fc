/** Signing in, and making an account. */
import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { isProblem, Problem } from "../api/problem.ts";
import { useProblemText } from "../api/problemTexts.ts";
import { address, useConfig } from "../config.ts";
import { useTexts } from "../i18n/i18n.tsx";
import { session } from "./session.ts";
import { AUTH_TEXTS } from "./texts.ts";

interface SignInFormProps {
  mode: "sign-in" | "sign-up";
  email?: string | undefined;
  onDone?: () => void;
}

export function SignInForm({ email: known = "", mode, onDone }: SignInFormProps) {
  const t = useTexts(AUTH_TEXTS);
  const problemText = useProblemText();
  const { oidc } = useConfig();
  const [email, setEmail] = useState(known);
  const [password, setPassword] = useState("");
  const [name, setName] = useState("");
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const isNew = mode === "sign-up";

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (pending) return;
    setPending(true);
    setProblem(null);
    try {
      if (isNew) await session.register(email, password, name.trim() || null);
      else await session.signIn(email, password);
      onDone?.();
    } catch (error) {
      setProblem(isProblem(error) ? error : new Problem("internal_error", 0, ""));
    } finally {
      setPending(false);
    }
  };

  const field = isProblem(problem, "malformed_request") ? problem.facts.field : undefined;
  const isAtField = field === "email" || field === "password";
  const said = problem === null || isAtField ? null : saidOf(problem);
  function saidOf(refusal: Problem): string {
    if (refusal.code === "unauthenticated") return t.wrong;
    return refusal.code === "already_exists" ? t.taken : problemText(refusal);
  }

  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        {said === null ? null : (
          <Alert color="red" role="alert">
            {said}
          </Alert>
        )}
        {isNew ? (
          <TextInput
            label={t.name}
            autoComplete="name"
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        ) : null}
        <TextInput
          label={t.email}
          type="email"
          required
          autoComplete="username"
          data-autofocus
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          error={field === "email" ? t.notAnAddress : undefined}
        />
        <PasswordInput
          label={t.password}
          required
          autoComplete={isNew ? "new-password" : "current-password"}
          description={isNew ? t.weak : undefined}
          error={field === "password" ? t.tooWeak : undefined}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
        />
        <Button type="submit" loading={pending}>
          {isNew ? t.signUp : t.signIn}
        </Button>
        {oidc && !isNew ? (
          <Button component="a" variant="default" href={address("/api/auth/oidc/start")}>
            {t.elsewhere}
          </Button>
        ) : null}
      </Stack>
    </form>
  );
}
