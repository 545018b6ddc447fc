import { texts, useTexts } from "@shared/i18n/i18n.tsx";
import { Screen } from "@shared/ui/Screen.tsx";
import { EmptyState } from "@shared/ui/states.tsx";

const TEXTS = texts({
  en: { title: "Appointments", none: "Appointments cannot be booked here yet" },
  de: { title: "Termine", none: "Termine kann man hier noch nicht buchen" },
});

export function AppointmentsPage() {
  const t = useTexts(TEXTS);
  return (
    <Screen title={t.title}>
      <EmptyState title={t.none} />
    </Screen>
  );
}
