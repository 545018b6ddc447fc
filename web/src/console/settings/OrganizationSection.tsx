import { Stack, Text, Title } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { useMay } from "@shared/auth/useSession.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useQuery } from "@tanstack/react-query";
import { Facts } from "../parts/Facts.tsx";
import { OrganizationForm } from "./OrganizationForm.tsx";
import { SETTINGS_TEXTS } from "./texts.ts";

export function OrganizationSection() {
  const t = useTexts(SETTINGS_TEXTS);
  const mayWrite = useMay("organization:write");
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["organization"],
    queryFn: () => done(api.GET("/v1/organization")),
  });
  return (
    <Stack component="section" gap="sm" aria-label={t.organization}>
      <Title order={2} size="h4">
        {t.organization}
      </Title>
      {isPending ? (
        <LoadingState />
      ) : data === undefined ? (
        <ErrorState error={error} onRepeat={() => void refetch()} />
      ) : mayWrite ? (
        <OrganizationForm organization={data} />
      ) : (
        <>
          <Text size="sm" c="dimmed">
            {t.readOnly}
          </Text>
          <Allowed organization={data} />
        </>
      )}
    </Stack>
  );
}

function Allowed({ organization: it }: { organization: Schemas["OrganizationView"] }) {
  const t = useTexts(SETTINGS_TEXTS);
  const said = (value: boolean) => (value ? t.yes : t.no);
  return (
    <Facts
      of={[
        [t.name, it.name],
        [t.slug, it.slug],
        [t.holdTtl, it.hold_ttl_seconds],
        [t.maxHolds, it.max_live_holds ?? t.any],
        [t.offerTtl, it.offer_ttl_seconds],
        [t.horizon, it.horizon_days],
        [t.notice, it.notice_minutes],
        [t.cutoff, it.cutoff_minutes],
        [t.guests, said(it.guest_holds)],
        [t.catalogue, said(it.public_catalogue)],
        [t.registration, said(it.open_registration)],
      ]}
    />
  );
}
