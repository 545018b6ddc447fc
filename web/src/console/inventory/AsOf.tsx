/** The counts as they stood at an instant. It is in the address: such a look can be passed on. */
import { Button, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { moment, ownZone } from "@shared/format/time.ts";
import { useLocale, useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { skipToken, useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { FormEvent } from "react";
import { CountsRow } from "./CountsRow.tsx";
import { fromField, toField } from "./instants.ts";
import type { Item } from "./items.ts";
import { INVENTORY_TEXTS } from "./texts.ts";

type Then = Schemas["firmhold.doors.rest.shapes.offerings.CountsView"];

export function AsOf({ item }: { item: Item }) {
  const t = useTexts(INVENTORY_TEXTS);
  const { locale } = useLocale();
  const { at } = useSearch({ from: "/inside/inventory/$item" });
  const navigate = useNavigate({ from: "/inventory/$item" });
  const { data, error, isFetching, refetch } = useQuery({
    // It never changes: what has been was.
    queryKey: ["then", item.id, at],
    queryFn:
      at === undefined
        ? skipToken
        : async () => {
            const params = { path: { offering: item.id }, query: { at } };
            return (await done(
              api.GET("/v1/offerings/{offering}/availability", { params }),
            )) as Then;
          },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const look = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const chosen = fromField(String(new FormData(event.currentTarget).get("at") ?? ""));
    void navigate({ search: chosen === null ? {} : { at: chosen } });
  };
  const inFuture = isProblem(error, "malformed_request");
  const before = isProblem(error, "not_found");
  return (
    <Stack gap="xs" component="section" aria-label={t.asOf}>
      <Title order={2} size="h4">
        {t.asOf}
      </Title>
      <form onSubmit={look} key={at ?? ""}>
        <Group align="end" gap="xs">
          <TextInput
            name="at"
            type="datetime-local"
            step={1}
            label={t.instant}
            description={t.inZone(ownZone())}
            defaultValue={toField(at ?? null)}
            error={inFuture ? t.inFuture : undefined}
          />
          <Button type="submit" variant="default">
            {t.look}
          </Button>
        </Group>
      </form>
      {isFetching && data === undefined ? <LoadingState rows={1} height={48} /> : null}
      {before ? (
        <Text size="sm">{t.notThereYet}</Text>
      ) : error === null || inFuture ? null : (
        <ErrorState error={error} onRepeat={() => void refetch()} />
      )}
      {data === undefined ? null : (
        <>
          <Text size="sm" c="dimmed">
            {t.asItWas(moment(data.at, locale), data.version)}
          </Text>
          <CountsRow counts={data} label={t.asOf} />
        </>
      )}
    </Stack>
  );
}
