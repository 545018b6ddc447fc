import { ErrorState, LoadingState } from "@shared/ui/states.tsx";
import { useState } from "react";
import { useSettings } from "./queries.ts";
import { SettingsForm } from "./SettingsForm.tsx";

export function SettingsView() {
  const { data, error, isPending, refetch } = useSettings();
  const [round, setRound] = useState(0);
  if (isPending) return <LoadingState />;
  if (data === undefined) return <ErrorState error={error} onRepeat={() => void refetch()} />;
  return (
    <SettingsForm
      key={round}
      settings={data}
      onAnew={() => void refetch().then(() => setRound(round + 1))}
    />
  );
}
