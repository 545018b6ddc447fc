/** What a template makes of made-up data, a moment after it was typed. */
import { useDebouncedValue } from "@mantine/hooks";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { isProblem, type Problem } from "@shared/api/problem.ts";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import type { Kind } from "./kinds.ts";
import type { Words } from "./templates.ts";

const PAUSE = 400;

interface Preview {
  shown: Schemas["RenderedView"] | null;
  /** Why it cannot be filled in. */
  refused: Problem | null;
}

export function usePreview(kind: Kind, language: string, words: Words) {
  const [body] = useDebouncedValue(words, PAUSE);
  return useQuery<Preview>({
    queryKey: ["notification-preview", kind, language, body],
    queryFn: async () => {
      try {
        const shown = await done(
          api.POST("/v1/notifications/templates/{kind}/{language}/preview", {
            params: { path: { kind, language } },
            body,
          }),
        );
        return { shown, refused: null };
      } catch (error) {
        // An answer like another: it stays until the next one is there.
        if (isProblem(error, "malformed_request")) return { shown: null, refused: error };
        throw error;
      }
    },
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
