import { Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMay } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { Guard } from "../parts/Guard.tsx";
import { Accounts } from "./Accounts.tsx";
import { RecentCustomers } from "./RecentCustomers.tsx";
import { CUSTOMER_TEXTS } from "./texts.ts";

export function CustomersPage() {
  const t = useTexts(CUSTOMER_TEXTS);
  return (
    <Guard permission="customers:read" title={t.title}>
      <Customers />
    </Guard>
  );
}

function Customers() {
  const t = useTexts(CUSTOMER_TEXTS);
  const { find = "" } = useSearch({ from: "/inside/customers" });
  const navigate = useNavigate();
  const [draft, setDraft] = useState(find);
  const maySeeUsers = useMay("users:read");
  const open = (event: FormEvent) => {
    event.preventDefault();
    const customer = draft.trim();
    if (customer !== "") void navigate({ to: "/customers/$customer", params: { customer } });
  };
  return (
    <Screen title={t.title}>
      <form onSubmit={open}>
        <Group align="end" gap="sm">
          <TextInput
            label={t.find}
            description={t.findWhat}
            size="xs"
            w={380}
            maw="100%"
            maxLength={200}
            value={draft}
            onChange={(event) => setDraft(event.currentTarget.value)}
          />
          <Button type="submit" size="xs">
            {t.open}
          </Button>
        </Group>
      </form>
      <Stack component="section" gap="xs" aria-label={maySeeUsers ? t.accounts : t.recent}>
        <Title order={2} size="h4">
          {maySeeUsers ? t.accounts : t.recent}
        </Title>
        {maySeeUsers ? <Accounts find={find} /> : <RecentCustomers />}
      </Stack>
      {maySeeUsers ? null : (
        <Text size="sm" c="dimmed">
          {t.findWhat}
        </Text>
      )}
    </Screen>
  );
}
