/** A screen: its one heading, which names the tab too, and what can be done beside it. */
import { Group, Stack, Title } from "@mantine/core";
import type { ReactNode } from "react";
import { useTitle } from "./useTitle.ts";

interface ScreenProps {
  title: string;
  actions?: ReactNode;
  children: ReactNode;
}

export function Screen({ actions, children, title }: ScreenProps) {
  useTitle(title);
  return (
    <Stack gap="lg">
      <Group justify="space-between" align="baseline">
        <Title order={1} size="h2">
          {title}
        </Title>
        {actions}
      </Group>
      {children}
    </Stack>
  );
}
