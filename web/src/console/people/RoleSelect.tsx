import { NativeSelect } from "@mantine/core";
import { useTexts } from "@shared/i18n/i18n.tsx";
import type { Role } from "./roles.ts";
import { PEOPLE_TEXTS } from "./texts.ts";

interface RoleSelectProps {
  roles: Role[];
  value: Role;
  onChange: (role: Role) => void;
}

export function RoleSelect({ onChange, roles, value }: RoleSelectProps) {
  const t = useTexts(PEOPLE_TEXTS);
  return (
    <NativeSelect
      label={t.role}
      description={t[`${value}May`]}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value as Role)}
      data={roles.map((role) => ({ value: role, label: t[role] }))}
    />
  );
}
