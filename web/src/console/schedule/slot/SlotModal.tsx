import { Modal } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import type { ReactNode } from "react";
import { SLOT_TEXTS } from "./texts.ts";

interface SlotModalProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  size?: string;
}

export function SlotModal({ children, onClose, size = "lg", title }: SlotModalProps) {
  const t = useTexts(SLOT_TEXTS);
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      attributes={{ header: { role: "none" } }}
      closeButtonProps={{ "aria-label": t.close }}
    >
      {children}
    </Modal>
  );
}
