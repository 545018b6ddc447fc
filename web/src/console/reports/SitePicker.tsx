import { NativeSelect } from "@mantine/core";
import { api, done } from "@shared/api/client.ts";
import { useTexts } from "@shared/i18n/i18n.tsx";
import { useQuery } from "@tanstack/react-query";
import { REPORT_TEXTS } from "./texts.ts";

interface SitePickerProps {
  value: string | undefined;
  onChange: (site: string | undefined) => void;
}

export function SitePicker({ onChange, value }: SitePickerProps) {
  const t = useTexts(REPORT_TEXTS);
  const { data } = useQuery({
    queryKey: ["sites", "picker"],
    queryFn: () => done(api.GET("/v1/sites", { params: { query: { limit: 500 } } })),
  });
  return (
    <NativeSelect
      label={t.site}
      value={value ?? ""}
      onChange={(event) => onChange(event.currentTarget.value || undefined)}
      data={[
        { value: "", label: t.everything },
        ...(data?.data ?? []).map(({ id, name }) => ({ value: id, label: name })),
      ]}
    />
  );
}
