/** Asks for the proof of one entry and checks it here. */
import { Alert, Button, Code, Stack, Text } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useQuery } from "@tanstack/react-query";
import classes from "../parts/Copyable.module.css";
import { canCheck, checkInclusion, Flaw } from "./check.ts";
import { AUDIT_TEXTS, FLAW_TEXTS, VERIFY_TEXTS } from "./texts.ts";

interface ProofProps {
  subject: string;
  /** Of an entry of the ledger; `null` for an act. */
  number: number | null;
  /** Whether what was sealed is what is shown beside it. */
  isShown: (proof: Schemas["InclusionView"]) => boolean;
}

export function Proof({ isShown, number, subject }: ProofProps) {
  const t = useTexts(AUDIT_TEXTS);
  const flaws = useTexts(FLAW_TEXTS);
  const verify = useTexts(VERIFY_TEXTS);
  const { locale } = useLocale();
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["audit-proof", subject, number],
    queryFn: async () => {
      const proof = await done(
        api.GET("/v1/audit/proofs/{subject}", {
          params: { path: { subject }, query: number === null ? {} : { number } },
        }),
      );
      const note = await checkInclusion(proof);
      if (!isShown(proof)) throw new Flaw("not-shown");
      return { proof, note };
    },
    enabled: canCheck(),
    staleTime: 0,
    gcTime: 0,
  });
  if (!canCheck()) return <Text size="sm">{verify.cannot}</Text>;
  if (isPending)
    return (
      <Text size="sm" role="status">
        {t.proving}
      </Text>
    );
  if (error instanceof Flaw)
    return (
      <Alert color="red" title={verify.doesNot} role="alert">
        {flaws[error.what]}
      </Alert>
    );
  if (isProblem(error, "not_found"))
    return (
      <Stack align="start" gap="xs">
        <Text size="sm">{t.notSealed}</Text>
        <Button size="xs" variant="default" onClick={() => void refetch()}>
          {t.again}
        </Button>
      </Stack>
    );
  if (data === undefined) return <ErrorState error={error} onRepeat={() => void refetch()} />;
  return (
    <Alert color="green" title={t.proved} role="status">
      <Stack gap="xs">
        <Text size="sm">
          {t.provedWhat(data.proof.index, data.note.size, dateTime(data.note.at, locale))}
        </Text>
        {data.proof.act ? <Text size="sm">{t.erased}</Text> : null}
        <details>
          <summary>{t.sealedAs}</summary>
          <Code block className={classes.text ?? ""} tabIndex={0}>
            {JSON.stringify(data.proof.entry, null, 1)}
          </Code>
        </details>
      </Stack>
    </Alert>
  );
}
