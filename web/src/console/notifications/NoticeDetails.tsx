/** One message: to whom, in which words, and what became of it. */
import { Button, Code, Group, Modal, Stack, Text } from "@mantine/core";
import { dateTime } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { TextLink } from "@shared/ui/links.tsx";
import type { ReactNode } from "react";
import classes from "../parts/Copyable.module.css";
import { Facts } from "../parts/Facts.tsx";
import { CustomerName, short } from "../parts/People.tsx";
import type { Channel, Kind } from "./kinds.ts";
import type { Notice } from "./queries.ts";
import { StatusBadge } from "./StatusBadge.tsx";
import { CHANNEL_TEXTS, KIND_TEXTS, NOTIFICATION_TEXTS } from "./texts.ts";

interface NoticeDetailsProps {
  /** `null`: closed. It stays in the page, so that the focus goes back to the row. */
  notice: Notice | null;
  pending: boolean;
  problem: ReactNode;
  onAgain: (notice: Notice) => void;
  onClose: () => void;
}

export function NoticeDetails({ notice, onAgain, onClose, pending, problem }: NoticeDetailsProps) {
  const t = useTexts(NOTIFICATION_TEXTS);
  const kinds = useTexts(KIND_TEXTS);
  return (
    <Modal
      opened={notice !== null}
      onClose={onClose}
      title={notice === null ? "" : kinds[notice.kind as Kind]}
      size="lg"
      attributes={{ header: { role: "none" } }}
      closeButtonProps={{ "aria-label": t.close }}
    >
      {notice === null ? null : (
        <Stack>
          <What notice={notice} />
          <InWords text={notice.text} />
          {problem}
          {notice.status === "failed" ? (
            <Group justify="flex-end">
              <Button size="xs" loading={pending} onClick={() => onAgain(notice)}>
                {t.again}
              </Button>
            </Group>
          ) : null}
        </Stack>
      )}
    </Modal>
  );
}

function What({ notice }: { notice: Notice }) {
  const t = useTexts(NOTIFICATION_TEXTS);
  const channels = useTexts(CHANNEL_TEXTS);
  const { locale } = useLocale();
  const { reservation, subject } = notice;
  const when = (instant: string | null) => (instant === null ? null : dateTime(instant, locale));
  return (
    <Facts
      of={[
        [t.status, <StatusBadge key="status" status={notice.status} />],
        [t.detail, notice.detail],
        [t.channel, channels[notice.channel as Channel]],
        [t.address, notice.address],
        [t.customer, <CustomerName key="customer" id={notice.customer} />],
        [
          t.reservation,
          <TextLink
            key="reservation"
            to="/reservations/$reservation"
            params={{ reservation }}
            size="sm"
            title={reservation}
          >
            {short(reservation)}
          </TextLink>,
        ],
        [t.since, when(notice.created_at)],
        [t.due, when(notice.due_at)],
        [t.attempts, notice.attempts],
        [t.ended, when(notice.ended_at)],
        [t.id, notice.id],
        [t.subject, subject === null ? null : <bdi key="subject">{subject}</bdi>],
      ]}
    />
  );
}

function InWords({ text }: { text: string | null }) {
  const t = useTexts(NOTIFICATION_TEXTS);
  if (text === null)
    return (
      <Text size="sm" c="dimmed">
        {t.noWords}
      </Text>
    );
  return (
    <Code
      block
      className={classes.text ?? ""}
      tabIndex={0}
      role="group"
      aria-label={t.text}
      dir="auto"
    >
      {text}
    </Code>
  );
}
