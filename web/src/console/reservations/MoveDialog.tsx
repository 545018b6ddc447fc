import { Text } from "@mantine/core";
import type { Problem } from "@shared/api/problem.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useState } from "react";
import { FormDialog } from "../parts/FormDialog.tsx";
import type { LineInput } from "./acts.ts";
import { draftLine, LinesInput } from "./LinesInput.tsx";
import type { Reservation } from "./queries.ts";
import { DETAIL_TEXTS } from "./texts.ts";

interface MoveDialogProps {
  reservation: Reservation;
  pending: boolean;
  problem: Problem | null;
  onRepeat: () => void;
  onMove: (lines: LineInput[]) => void;
  onClose: () => void;
}

export function MoveDialog(props: MoveDialogProps) {
  const { onClose, onMove, onRepeat, pending, problem, reservation } = props;
  const t = useTexts(DETAIL_TEXTS);
  const [lines, setLines] = useState(() =>
    reservation.lines
      .filter(({ quantity }) => quantity > 0)
      .map(({ offering, quantity, sku }) => draftLine(sku ?? offering, quantity)),
  );
  return (
    <FormDialog
      opened
      title={t.moveTitle}
      action={t.moveIt}
      pending={pending}
      problem={problem}
      onRepeat={onRepeat}
      onSubmit={() => onMove(lines.map(({ offering, quantity }) => ({ offering, quantity })))}
      onClose={onClose}
    >
      <Text size="sm">{t.moveWhat}</Text>
      <LinesInput lines={lines} onChange={setLines} problem={problem} />
    </FormDialog>
  );
}
