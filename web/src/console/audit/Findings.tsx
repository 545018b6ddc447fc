import { Badge, Group, Stack, Text } from "@mantine/core";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { FLAW_TEXTS, VERIFY_TEXTS } from "./texts.ts";
import type { Finding } from "./verifying.ts";

export function Findings({ findings }: { findings: Finding[] }) {
  const t = useTexts(VERIFY_TEXTS);
  return (
    <Stack gap={6} role="status" aria-label={t.results} data-findings>
      {findings.map((finding) => (
        <Line key={finding.about} finding={finding} />
      ))}
    </Stack>
  );
}

function Line({ finding }: { finding: Finding }) {
  const t = useTexts(VERIFY_TEXTS);
  const flaws = useTexts(FLAW_TEXTS);
  const flaw = "flaw" in finding ? finding.flaw : undefined;
  const [color, word] =
    flaw === undefined
      ? ["gray", t.notChecked]
      : flaw === null
        ? ["green", t.holds]
        : ["red", t.doesNot];
  return (
    <Group gap="sm" wrap="nowrap" align="start" data-finding={finding.about}>
      <Badge color={color} variant="light" tt="none" miw={104}>
        {word}
      </Badge>
      <Text size="sm">
        <Words finding={finding} />
        {flaw ? ` ${flaws[flaw.what]}` : ""}
      </Text>
    </Group>
  );
}

function Words({ finding }: { finding: Finding }) {
  const t = useTexts(VERIFY_TEXTS);
  const { locale } = useLocale();
  switch (finding.about) {
    case "signature":
      return t.signature;
    case "no-key":
      return t.noKey;
    case "first":
      return t.first;
    case "entries":
      return t.entries(finding.count);
    case "goes-on":
      return t.goesOn(finding.from.size, dateTime(finding.from.at, locale));
  }
}
