/** What one has reserved: page by page from the server, and by their tokens what a guest has. */
import { api, done } from "@shared/api/client.ts";
import { useSession } from "@shared/auth/useSession.ts";
import { serverClock } from "@shared/clock/serverClock.ts";
import { useLive } from "@shared/live/live.ts";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSyncExternalStore } from "react";
import { guestHolds, subscribeGuestHolds } from "../storefront/guestHolds.ts";
import {
  bearer,
  type Own,
  type Reservation,
  useOwnReservations,
} from "../storefront/reservations.ts";
import type { Status } from "./search.ts";

const AT_ONCE = 20;

/** The list, filtered by status. A guest has no list on the server, only tokens. */
export function useReservations(status: Status | undefined) {
  const { user } = useSession();
  const list = useInfiniteQuery({
    queryKey: ["reservations", "list", user?.id, status],
    queryFn: ({ pageParam }) => {
      const query = {
        limit: AT_ONCE,
        ...(user === null ? {} : { customer: user.id }),
        ...(status === undefined ? {} : { status }),
        ...(pageParam === null ? {} : { cursor: pageParam }),
      };
      return done(api.GET("/v1/reservations", { params: { query } }));
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next ?? null,
    enabled: user !== null,
  });
  const all = useOwnReservations();
  const guests = all.own.filter(
    ({ reservation, token }) =>
      token !== null && (status === undefined || reservation.status === status),
  );
  const listed = list.data?.pages.flatMap(({ data }) => data) ?? [];
  useLive({ reservations: listed.map(({ id }) => id) });
  const own: Own[] = [
    ...guests,
    ...listed.map((reservation) => ({ reservation, token: null })),
  ].toSorted((one, other) =>
    other.reservation.created_at.localeCompare(one.reservation.created_at),
  );
  return {
    own,
    pending: user !== null && list.isPending,
    error: list.error ?? (guests.length > 0 ? null : all.error),
    more: list.hasNextPage ? () => void list.fetchNextPage() : null,
    loadingMore: list.isFetchingNextPage,
    refetch: () => {
      void list.refetch();
      all.refetch();
    },
  };
}

/** One of them. */
export function useReservation(id: string) {
  const { user } = useSession();
  const tokens = useSyncExternalStore(subscribeGuestHolds, guestHolds);
  const token = tokens.find(({ reservation }) => reservation === id)?.token ?? null;
  const query = useQuery({
    queryKey: ["reservation", id, token === null ? user?.id : "guest"],
    queryFn: () => {
      const params = { path: { reservation: id } };
      const headers = bearer(token);
      return done(api.GET("/v1/reservations/{reservation}", { params, headers }));
    },
    enabled: user !== null || token !== null,
  });
  useLive({ reservations: user === null ? [] : [id] });
  const own: Own | null = query.data === undefined ? null : { reservation: query.data, token };
  return { ...query, own, isStranger: user === null && token === null };
}

/** Whether it is early enough for a customer to cancel or to move it. */
export function mayCancel({ cancellable_until: until }: Reservation): boolean {
  return until === null || Date.parse(until) > serverClock.now();
}

/** What one waits for, and what is offered. */
export function useWaiting() {
  const { user } = useSession();
  const { data } = useQuery({
    queryKey: ["waitlist", "own", user?.id],
    queryFn: () => {
      const query = { limit: 100, ...(user === null ? {} : { customer: user.id }) };
      return done(api.GET("/v1/waitlist", { params: { query } }));
    },
    enabled: user !== null,
  });
  return (data?.data ?? []).filter(({ status }) => status === "waiting" || status === "offered");
}
