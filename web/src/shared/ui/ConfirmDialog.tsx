import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { texts, useTexts } from "../i18n/i18n.tsx";

const TEXTS = texts({
  en: { back: "Back", close: "Close" },
  de: { back: "Zurück", close: "Schließen" },
});

interface ConfirmDialogProps {
  opened: boolean;
  title: string;
  children: ReactNode;
  action: string;
  /** Red, unless what is asked about can be taken back. */
  colour?: string;
  pending?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    action,
    children,
    colour = "red",
    onClose,
    onConfirm,
    opened,
    pending = false,
    title,
  } = props;
  const t = useTexts(TEXTS);
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      attributes={{ header: { role: "none" } }}
      closeButtonProps={{ "aria-label": t.close }}
    >
      <Stack>
        {typeof children === "string" ? <Text>{children}</Text> : children}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t.back}
          </Button>
          <Button color={colour} loading={pending} onClick={onConfirm}>
            {action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
