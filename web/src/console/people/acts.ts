import { api, done, type Schemas } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { useQueryClient } from "@tanstack/react-query";
import type { Member } from "../parts/People.tsx";

type UserRequest = Schemas["UserRequest"];

function useRefresh() {
  const client = useQueryClient();
  return () => {
    void client.invalidateQueries({ queryKey: ["users"] });
    void client.invalidateQueries({ queryKey: ["user"] });
  };
}

export function useInvite(onDone: (member: Member) => void) {
  const refresh = useRefresh();
  return useIntent<UserRequest, Member>({
    run: (key, body) =>
      done(api.POST("/v1/users", { params: { header: { "Idempotency-Key": key } }, body })),
    onDone: (member) => {
      refresh();
      onDone(member);
    },
  });
}

export interface Change {
  user: string;
  change: Schemas["UserChange"];
}

export function useChange(onDone: (member: Member) => void) {
  const refresh = useRefresh();
  return useIntent<Change, Member>({
    run: (key, { change, user }) =>
      done(
        api.PATCH("/v1/users/{user}", {
          params: { path: { user }, header: { "Idempotency-Key": key } },
          body: change,
        }),
      ),
    onDone: (member) => {
      refresh();
      onDone(member);
    },
    onProblem: refresh,
  });
}

/** The answer is the same whether there is an account. */
export function useSendCode(onDone: (email: string) => void) {
  return useIntent<string, unknown>({
    run: (_, email) => done(api.POST("/api/auth/password/forgotten", { body: { email } })),
    onDone: (_, email) => onDone(email),
  });
}
