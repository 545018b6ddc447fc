import { Text, TextInput } from "@mantine/core";
import { isProblem } from "@shared/api/problem.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useState } from "react";
import { FormDialog } from "../parts/FormDialog.tsx";
import { fieldError } from "../parts/fieldError.ts";
import { useInvite } from "./acts.ts";
import { RoleSelect } from "./RoleSelect.tsx";
import type { Role } from "./roles.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

interface InviteDialogProps {
  roles: Role[];
  onClose: (said?: string) => void;
}

export function InviteDialog({ onClose, roles }: InviteDialogProps) {
  const t = useTexts(PEOPLE_TEXTS);
  const [email, setEmail] = useState("");
  const [name, setName] = useState("");
  const [role, setRole] = useState<Role>("operator");
  const invite = useInvite((member) => onClose(t.invited(member.email)));
  const exists = isProblem(invite.problem, "already_exists");
  const atEmail = exists ? t.exists : fieldError(invite.problem, "email");
  return (
    <FormDialog
      opened
      title={t.invite}
      action={t.inviteIt}
      pending={invite.pending}
      problem={invite.problem}
      atField={atEmail !== undefined}
      onRepeat={invite.repeat}
      onSubmit={() => invite.start({ email: email.trim(), role, name: name.trim() || null })}
      onClose={() => onClose()}
    >
      <Text size="sm">{t.inviteWhat}</Text>
      <TextInput
        label={t.email}
        type="email"
        required
        value={email}
        error={atEmail}
        onChange={(event) => setEmail(event.currentTarget.value)}
        data-autofocus
      />
      <TextInput
        label={t.nameOptional}
        value={name}
        error={fieldError(invite.problem, "name")}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <RoleSelect roles={roles} value={role} onChange={setRole} />
    </FormDialog>
  );
}
