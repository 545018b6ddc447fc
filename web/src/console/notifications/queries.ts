import { api, done, type Schemas } from "@shared/api/client.ts";
import { isProblem } from "@shared/api/problem.ts";
import { useQuery } from "@tanstack/react-query";

export type Notice = Schemas["NotificationView"];
export type Settings = Schemas["NotificationSettingsView"];
export type Template = Schemas["TemplateView"];

export const SETTINGS = ["notification-settings"] as const;
export const TEMPLATES = ["notification-templates"] as const;

export function readSettings(): Promise<Settings> {
  return done(api.GET("/v1/notifications/settings"));
}

export function useSettings() {
  return useQuery({ queryKey: SETTINGS, queryFn: readSettings });
}

export function useTemplates() {
  return useQuery({
    queryKey: TEMPLATES,
    queryFn: async () => (await done(api.GET("/v1/notifications/templates"))).data,
  });
}

/** `null` where there is none. */
export async function readTemplate(kind: string, language: string): Promise<Template | null> {
  try {
    return await done(
      api.GET("/v1/notifications/templates/{kind}/{language}", {
        params: { path: { kind, language } },
      }),
    );
  } catch (error) {
    if (isProblem(error, "not_found")) return null;
    throw error;
  }
}
