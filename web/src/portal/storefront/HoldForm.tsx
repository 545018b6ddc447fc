import { Button, Group, NumberInput, Stack, Text, TextInput } from "@mantine/core";
import { useSession } from "@shared/auth/useSession.ts";
import { useConfig } from "@shared/config.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ButtonLink, TextLink } from "@shared/ui/links.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { type FormEvent, useState } from "react";
import { useHold } from "./acts.ts";
import type { Product } from "./products.ts";
import { SALE_TEXTS } from "./texts.ts";

const KEPT_EMAIL = "firmhold.guest-email";

export function HoldForm({ left, product }: { product: Product; left: number }) {
  const t = useTexts(SALE_TEXTS);
  const { user } = useSession();
  const { organization } = useConfig();
  const [quantity, setQuantity] = useState<number | string>(1);
  const [email, setEmail] = useState(() => localStorage.getItem(KEPT_EMAIL) ?? "");
  const hold = useHold();
  const here = { next: `/sale/${encodeURIComponent(product.sku)}` };
  const isGuest = user === null;

  if (isGuest && !organization.guest_holds)
    return (
      <ButtonLink to="/account/sign-in" search={here} style={{ alignSelf: "start" }}>
        {t.signInToHold}
      </ButtonLink>
    );

  const most = Math.max(1, Math.min(left, product.maxPerCustomer ?? left));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isGuest) localStorage.setItem(KEPT_EMAIL, email);
    hold.start({ sku: product.sku, quantity: Number(quantity), email: isGuest ? email : null });
  };
  return (
    <form onSubmit={submit}>
      <Stack align="start">
        {isGuest ? (
          <TextInput
            label={t.email}
            description={
              <>
                {t.emailWhat}{" "}
                <TextLink inherit to="/account/sign-in" search={here} underline="always">
                  {t.orSignIn}
                </TextLink>
              </>
            }
            type="email"
            required
            autoComplete="email"
            value={email}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        ) : null}
        <Group align="end">
          <NumberInput
            label={t.quantity}
            description={
              product.maxPerCustomer === null ? undefined : t.atMost(product.maxPerCustomer)
            }
            value={quantity}
            onChange={setQuantity}
            min={1}
            max={most}
            allowDecimal={false}
            required
            w={180}
          />
          <Button type="submit" size="md" disabled={hold.pending} data-pending={hold.pending}>
            {hold.pending ? t.holding : t.hold}
          </Button>
        </Group>
        {hold.problem === null ? null : (
          <ErrorState
            error={hold.problem}
            onRepeat={hold.problem.transient ? hold.repeat : undefined}
          />
        )}
        <Text size="sm" c="dimmed">
          {t.holdWhat}
        </Text>
      </Stack>
    </form>
  );
}
