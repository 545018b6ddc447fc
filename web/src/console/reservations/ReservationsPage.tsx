import { useTexts } from "@shared/i18n/i18n.tsx";
import { Guard } from "../parts/Guard.tsx";
import { ReservationsList } from "./ReservationsList.tsx";
import { LIST_TEXTS } from "./texts.ts";

export function ReservationsPage() {
  const t = useTexts(LIST_TEXTS);
  return (
    <Guard permission="reservations:read" title={t.title}>
      <ReservationsList />
    </Guard>
  );
}
