import { Button, Group, Text, TextInput } from "@mantine/core";
import { isProblem } from "@shared/api/problem.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { useState } from "react";
import { FormDialog } from "../parts/FormDialog.tsx";
import { fieldError } from "../parts/fieldError.ts";
import type { Member } from "../parts/People.tsx";
import { useChange, useSendCode } from "./acts.ts";
import { RoleSelect } from "./RoleSelect.tsx";
import type { Role } from "./roles.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

interface ChangeDialogProps {
  member: Member;
  isMe: boolean;
  roles: Role[];
  onClose: (said?: string) => void;
}

export function ChangeDialog({ isMe, member, onClose, roles }: ChangeDialogProps) {
  const t = useTexts(PEOPLE_TEXTS);
  const [name, setName] = useState(member.name ?? "");
  const [role, setRole] = useState<Role>(member.role);
  const [shutting, setShutting] = useState(false);
  const change = useChange(({ email }) => onClose(t.saved(email)));
  const code = useSendCode((email) => onClose(t.codeSent(email)));
  const beyond = !roles.includes(member.role);
  const refused = isProblem(change.problem, "forbidden");
  const save = () =>
    change.start({
      user: member.id,
      change: {
        ...(name.trim() === (member.name ?? "") ? {} : { name: name.trim() || null }),
        ...(role === member.role ? {} : { role }),
        ...(shutting ? { disabled: true } : {}),
      },
    });
  const same = name.trim() === (member.name ?? "") && role === member.role;
  return (
    <FormDialog
      opened
      title={shutting ? t.shutOutTitle(member.email) : t.changeTitle(member.email)}
      action={shutting ? t.shutOutIt : t.save}
      danger={shutting}
      disabled={same && !shutting}
      pending={change.pending}
      problem={change.problem}
      atField={refused || fieldError(change.problem, "name") !== undefined}
      onRepeat={change.repeat}
      onSubmit={save}
      onClose={() => (shutting ? setShutting(false) : onClose())}
    >
      {shutting ? (
        <Text size="sm">{t.shutOutWhat}</Text>
      ) : (
        <>
          <TextInput
            label={t.nameOptional}
            value={name}
            error={fieldError(change.problem, "name")}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          {isMe || beyond ? (
            <Text size="sm" c="dimmed">
              {isMe ? t.youWhat : t.beyond}
            </Text>
          ) : (
            <>
              <RoleSelect roles={roles} value={role} onChange={setRole} />
              <Text size="sm" c="dimmed">
                {t.roleChanges}
              </Text>
            </>
          )}
          <Group gap="xs">
            <Button
              size="xs"
              variant="default"
              loading={code.pending}
              onClick={() => code.start(member.email)}
            >
              {t.sendCode}
            </Button>
            {isMe || beyond ? null : member.disabled_at === null ? (
              <Button size="xs" variant="default" onClick={() => setShutting(true)}>
                {t.shutOutIt}
              </Button>
            ) : (
              <Button
                size="xs"
                variant="default"
                disabled={change.pending}
                onClick={() => change.start({ user: member.id, change: { disabled: false } })}
              >
                {t.letBackIn}
              </Button>
            )}
          </Group>
          {code.problem === null ? null : (
            <ErrorState error={code.problem} onRepeat={code.repeat} />
          )}
        </>
      )}
      {refused ? (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          {t.lastOwner}
        </Text>
      ) : null}
    </FormDialog>
  );
}
