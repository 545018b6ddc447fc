/** Every template, or the one that the address names. */
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTemplates } from "./queries.ts";
import { TemplateEditor } from "./TemplateEditor.tsx";
import { TemplateTable } from "./TemplateTable.tsx";
import { templateOf, wordsFor } from "./templates.ts";

export function TemplatesView() {
  const { kind, language } = useSearch({ from: "/inside/notifications" });
  const { data, error, isPending, refetch } = useTemplates();
  const [begun, setBegun] = useState<string[]>([]);
  const [round, setRound] = useState(0);
  // Whoever comes back from one goes on where it was opened.
  const [opened, setOpened] = useState<string | null>(null);
  const open = kind === undefined || language === undefined ? null : `${kind} ${language}`;
  if (open !== null && open !== opened) setOpened(open);
  if (isPending) return <LoadingState rows={5} height={40} />;
  if (data === undefined) return <ErrorState error={error} onRepeat={() => void refetch()} />;
  if (kind === undefined || language === undefined)
    return (
      <TemplateTable
        templates={data}
        begun={begun}
        opened={opened}
        onBegin={(code) => setBegun([...begun, code])}
      />
    );
  return (
    <TemplateEditor
      key={`${kind} ${language} ${round}`}
      kind={kind}
      language={language}
      template={templateOf(data, kind, language) ?? null}
      start={wordsFor(data, kind, language)}
      onAnew={() => void refetch().then(() => setRound(round + 1))}
    />
  );
}
