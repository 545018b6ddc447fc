import { Button, Group, Text } from "@mantine/core";
import { serverClock } from "@shared/clock/serverClock.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { downloadBlob } from "@shared/ui/csv.ts";
import { ErrorState } from "@shared/ui/states.tsx";
import { useEffect, useRef, useState } from "react";
import { pieces } from "./exporting.ts";
import { everyPage } from "./queries.ts";
import type { ListQuery } from "./search.ts";
import { LIST_TEXTS } from "./texts.ts";

export function ExportButton({ query }: { query: ListQuery }) {
  const t = useTexts(LIST_TEXTS);
  const [count, setCount] = useState(0);
  const [state, setState] = useState<"idle" | "running" | "done">("idle");
  const [error, setError] = useState<unknown>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const run = async () => {
    const controller = new AbortController();
    stop.current = controller;
    setError(null);
    setCount(0);
    setState("running");
    try {
      const parts: string[] = [];
      for await (const piece of pieces(everyPage(query, controller.signal), setCount))
        parts.push(piece);
      const day = new Date(serverClock.now()).toISOString().slice(0, 10);
      downloadBlob(`reservations-${day}.csv`, new Blob(parts, { type: "text/csv;charset=utf-8" }));
      setState("done");
    } catch (failure) {
      setState("idle");
      if (!controller.signal.aborted) setError(failure);
    }
  };

  return (
    <Group gap="xs">
      <Button size="xs" variant="default" disabled={state === "running"} onClick={() => void run()}>
        {t.export}
      </Button>
      {state === "running" ? (
        <Button size="xs" variant="subtle" onClick={() => stop.current?.abort()}>
          {t.stop}
        </Button>
      ) : null}
      <Text size="sm" role="status">
        {state === "running" ? t.exporting(count) : state === "done" ? t.exported(count) : ""}
      </Text>
      {error === null ? null : <ErrorState error={error} onRepeat={() => void run()} />}
    </Group>
  );
}
