/** One cache for what the server has said. Live frames make it newer; nothing else keeps state. */
import { QueryClient } from "@tanstack/react-query";
import { isProblem } from "../api/problem.ts";

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 5_000,
        gcTime: 300_000,
        networkMode: "always",
        // Reads are repeated quietly, those that another try may help.
        retry: (failures, error) => failures < 4 && isProblem(error) && error.transient,
        retryDelay: (failures) => Math.random() * Math.min(8_000, 400 * 2 ** failures),
        refetchOnWindowFocus: true,
      },
    },
  });
}
