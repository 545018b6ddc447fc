/** What can be done with an account. */
import { api, done, type Schemas } from "@shared/api/client.ts";
import { useIntent } from "@shared/api/useIntent.ts";
import { session } from "@shared/auth/session.ts";
import { useQueryClient } from "@tanstack/react-query";

export function useVerify(onDone: () => void) {
  return useIntent<string, void>({
    run: async (_key, code) => {
      await done(api.POST("/api/auth/verify", { body: { code } }));
      // What is known of this session says so only when it is asked again.
      if (session.token() !== null) await session.refresh();
    },
    onDone,
  });
}

export function useSendVerification() {
  return useIntent<void, true>({
    run: async () => {
      await done(api.POST("/api/auth/verify/send"));
      return true;
    },
  });
}

export function useForgotten(onDone: (email: string) => void) {
  return useIntent<string, unknown>({
    run: (_key, email) => done(api.POST("/api/auth/password/forgotten", { body: { email } })),
    onDone: (_, email) => onDone(email),
  });
}

export function useReset(onDone: () => void) {
  return useIntent<{ code: string; password: string }, unknown>({
    run: (_key, body) => done(api.POST("/api/auth/password/reset", { body })),
    onDone,
  });
}

export function useChangePassword(onDone: () => void) {
  const client = useQueryClient();
  return useIntent<{ current: string; new: string }, unknown>({
    run: (_key, body) => done(api.POST("/api/auth/password", { body })),
    onDone: () => {
      void client.invalidateQueries({ queryKey: ["sessions"] });
      onDone();
    },
  });
}

export function useEndSession() {
  const client = useQueryClient();
  return useIntent<string, unknown>({
    run: (_key, id) =>
      done(api.DELETE("/api/auth/sessions/{session}", { params: { path: { session: id } } })),
    onDone: () => void client.invalidateQueries({ queryKey: ["sessions"] }),
  });
}

export function useSignOutEverywhere() {
  return useIntent<void, void>({ run: () => session.signOut(true) });
}

type Preferences = Schemas["PreferencesView"];

export function useSavePreferences(user: string, onDone: (now: Preferences) => void) {
  const client = useQueryClient();
  return useIntent<Schemas["PreferencesRequest"], Preferences>({
    run: (key, body) =>
      done(
        api.PUT("/v1/notifications/preferences", {
          params: { header: { "Idempotency-Key": key } },
          body,
        }),
      ),
    onDone: (now) => {
      client.setQueryData(["preferences", user], now);
      onDone(now);
    },
  });
}
