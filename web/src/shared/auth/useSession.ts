import { useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { api, done, type Schemas } from "../api/client.ts";
import { type SessionState, session } from "./session.ts";

export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.state);
}

export type Permission = Schemas["Permission"];

/** Whom the token proves, and what they may do; `undefined` until it is known. */
export function useMe(): Schemas["WhoView"] | undefined {
  const { user } = useSession();
  const { data } = useQuery({
    queryKey: ["me", user?.id, user?.role],
    queryFn: () => done(api.GET("/api/auth/me")),
    enabled: user !== null,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/** Whether whoever is signed in may do something; `false` until it is known. */
export function useMay(permission: Permission): boolean {
  return useMe()?.permissions.includes(permission) ?? false;
}
