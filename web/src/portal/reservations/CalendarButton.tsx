/** A file for one's own calendar. It takes a token, so that a link alone would not do. */
import { Button } from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { ErrorState } from "@shared/ui/states.tsx";
import { bearer, type Own } from "../storefront/reservations.ts";
import { DETAIL_TEXTS } from "./texts.ts";

export function CalendarButton({ own }: { own: Own }) {
  const t = useTexts(DETAIL_TEXTS);
  const { id } = own.reservation;
  const load = useIntent<void, void>({
    run: async () => {
      const file = await done(
        api.GET("/v1/reservations/{reservation}/calendar.ics", {
          params: { path: { reservation: id } },
          headers: bearer(own.token),
          parseAs: "text",
        }),
      );
      save(`${id}.ics`, String(file));
    },
  });
  return (
    <>
      <Button variant="default" loading={load.pending} onClick={() => load.start()}>
        {t.calendar}
      </Button>
      {load.problem === null ? null : <ErrorState error={load.problem} onRepeat={load.repeat} />}
    </>
  );
}

function save(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/calendar" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
