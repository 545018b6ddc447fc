/** A form over the screen. What the server has against it is said in it, beside the button. */
import { Button, Group, Modal, Stack } from "@mantine/core";
import type { Problem } from "@shared/api/problem.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import type { FormEvent, ReactNode } from "react";
import { PART_TEXTS } from "./texts.ts";

interface FormDialogProps {
  opened: boolean;
  title: string;
  action: string;
  danger?: boolean;
  disabled?: boolean;
  pending: boolean;
  problem: Problem | null;
  /** The problem is shown at a field already. */
  atField?: boolean;
  onSubmit: () => void;
  onRepeat?: (() => void) | undefined;
  onClose: () => void;
  children: ReactNode;
}

export function FormDialog(props: FormDialogProps) {
  const { action, children, onClose, onRepeat, onSubmit, opened, pending, problem, title } = props;
  const t = useTexts(PART_TEXTS);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // Events go up to where the dialog is written, which may be in another form.
    event.stopPropagation();
    if (!pending) onSubmit();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size="lg"
      attributes={{ header: { role: "none" } }}
      closeButtonProps={{ "aria-label": t.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          {children}
          {problem === null || props.atField ? null : (
            <ErrorState error={problem} onRepeat={problem.transient ? onRepeat : undefined} />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t.back}
            </Button>
            <Button
              type="submit"
              loading={pending}
              disabled={props.disabled ?? false}
              {...(props.danger ? { color: "red" } : {})}
            >
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
