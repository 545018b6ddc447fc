/** Loaded when it is needed, by SignInOver. Over whatever is on the page when a call finds the session over. Nothing below it is lost. */
import { Button, Modal, Stack, Text } from "@mantine/core";
import { useTexts } from "../i18n/i18n.tsx";
import { SignInForm } from "./SignInForm.tsx";
import { session } from "./session.ts";
import { AUTH_TEXTS } from "./texts.ts";
import { useSession } from "./useSession.ts";

/** The library takes a dialog's head for one of the page. */
const DIALOG = { header: { role: "none" } };

export default function SignInDialog() {
  const t = useTexts(AUTH_TEXTS);
  const { asking, user } = useSession();
  return (
    <Modal
      opened={asking}
      onClose={() => session.declineToSignIn()}
      title={t.over}
      closeOnClickOutside={false}
      attributes={DIALOG}
      closeButtonProps={{ "aria-label": t.close }}
    >
      <Stack>
        <Text size="sm">{t.overWhat}</Text>
        <SignInForm mode="sign-in" email={user?.email} />
        <Button variant="subtle" onClick={() => session.declineToSignIn()}>
          {t.notNow}
        </Button>
      </Stack>
    </Modal>
  );
}
