/** Asks once, then cancels one after the other, and says of each what came of it. */
import { Button, Group, Modal, Progress, Stack, Text, TextInput } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { endOne } from "./acts.ts";
import { BulkOutcomes } from "./BulkOutcomes.tsx";
import { Bulk, type Target } from "./bulk.ts";
import { collect } from "./collecting.ts";
import type { Reservation } from "./queries.ts";
import type { ListQuery } from "./search.ts";
import { BULK_TEXTS } from "./texts.ts";

interface BulkDialogProps {
  of: readonly Reservation[] | ListQuery;
  onClose: () => void;
}

export default function BulkDialog({ of, onClose }: BulkDialogProps) {
  const t = useTexts(BULK_TEXTS);
  const [count, setCount] = useState(0);
  const [targets, setTargets] = useState<Target[] | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [attempt, setAttempt] = useState(0);
  const [reason, setReason] = useState("");
  const [bulk, setBulk] = useState<Bulk | null>(null);
  const [asked] = useState(of);
  const draw = useRedraw();
  const running = bulk?.state === "running" || bulk?.state === "stopping";

  useEffect(() => {
    const controller = new AbortController();
    collect(asked, controller.signal, setCount).then(setTargets, (failure: unknown) => {
      if (!controller.signal.aborted) setError(failure);
    });
    return () => controller.abort();
  }, [asked, attempt]);

  useEffect(() => {
    if (!running) return;
    const warn = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [running]);

  const begin = (event: FormEvent) => {
    event.preventDefault();
    const made = new Bulk(targets ?? [], {
      act: (target, key) => endOne(target, reason, key),
      onChange: draw,
    });
    setBulk(made);
    void made.run();
  };
  const close = () => {
    if (!running) onClose();
  };

  return (
    <Modal
      opened
      onClose={close}
      title={t.title}
      size="lg"
      closeOnClickOutside={false}
      closeOnEscape={!running}
      attributes={{ header: { role: "none" } }}
      closeButtonProps={{ "aria-label": t.close, disabled: running }}
    >
      {error !== null ? (
        <ErrorState
          error={error}
          onRepeat={() => {
            setError(null);
            setAttempt(attempt + 1);
          }}
        />
      ) : targets === null ? (
        <Text role="status">{t.counting(count)}</Text>
      ) : bulk !== null ? (
        <Running bulk={bulk} onClose={onClose} />
      ) : targets.length === 0 ? (
        <Stack>
          <Text>{t.nothing}</Text>
          <Button variant="default" onClick={onClose} style={{ alignSelf: "end" }}>
            {t.close}
          </Button>
        </Stack>
      ) : (
        <form onSubmit={begin}>
          <Stack>
            <Text fw={600}>{t.count(targets.length)}</Text>
            <Text size="sm">{t.what}</Text>
            <TextInput
              label={t.reason}
              description={t.reasonWhat}
              maxLength={500}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
              data-autofocus
            />
            <Group justify="flex-end">
              <Button variant="default" onClick={onClose}>
                {t.close}
              </Button>
              <Button type="submit" color="red">
                {t.begin(targets.length)}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}

function Running({ bulk, onClose }: { bulk: Bulk; onClose: () => void }) {
  const t = useTexts(BULK_TEXTS);
  const all = bulk.items.length;
  const done = bulk.count("cancelled", "released");
  const settled = all - bulk.count("untouched");
  const over = bulk.state === "over";
  // Said aloud in quarters, and not at each one.
  const quarter = Math.floor((settled * 4) / all);
  return (
    <Stack>
      <Progress value={(settled / all) * 100} aria-label={t.progress} />
      <Group justify="space-between">
        <Text className="tabular" data-settled={settled}>
          {over ? t.over(done, all) : t.at(settled, all)}
        </Text>
        <span className="visually-hidden" role="status">
          {over ? t.over(done, all) : t.at(Math.floor((quarter * all) / 4), all)}
        </span>
        {over ? null : (
          <Button
            size="xs"
            variant="default"
            disabled={bulk.state === "stopping"}
            onClick={() => bulk.stop()}
          >
            {bulk.state === "stopping" ? t.stopping : t.stop}
          </Button>
        )}
      </Group>
      {over ? null : (
        <Text size="xs" c="dimmed">
          {t.leave}
        </Text>
      )}
      <BulkOutcomes bulk={bulk} />
      {over ? (
        <Group justify="flex-end">
          {done === all ? null : (
            <Button variant="default" title={t.againWhat} onClick={() => void bulk.run()}>
              {t.again(all - done)}
            </Button>
          )}
          <Button onClick={onClose}>{t.close}</Button>
        </Group>
      ) : null}
    </Stack>
  );
}

/** Draw again, ten times a second at most. */
function useRedraw(): () => void {
  const [, setCount] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      setCount((known) => known + 1);
    }, 100);
  };
}
