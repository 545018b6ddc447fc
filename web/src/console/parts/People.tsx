/** Users and actors by a name that people know, for those who may know it. */
import { Text } from "@mantine/core";
import { api, done, type Schemas } from "@shared/api/client.ts";
import { useMay } from "@shared/auth/useSession.ts";
import { texts, useTexts } from "@shared/i18n/i18n.tsx";
import { useQuery } from "@tanstack/react-query";

const TEXTS = texts({
  en: {
    system: "The system",
    guest: "A guest",
    key: (id: string) => `API key ${id}`,
    nobody: "Nobody named",
    server: "Whoever runs the server",
  },
  de: {
    system: "Das System",
    guest: "Ein Gast",
    key: (id: string) => `API-Schlüssel ${id}`,
    nobody: "Niemand genannt",
    server: "Wer den Server betreibt",
  },
});

export type Member = Schemas["MemberView"];

export function useUser(id: string | null): Member | undefined {
  const may = useMay("users:read");
  const { data } = useQuery({
    queryKey: ["user", id],
    queryFn: () => done(api.GET("/v1/users/{user}", { params: { path: { user: id ?? "" } } })),
    enabled: may && id?.startsWith("usr_") === true,
    staleTime: 300_000,
  });
  return data;
}

/** The end of an id tells things apart; the whole is where it can be copied. */
export function short(id: string): string {
  return /^[a-z]+_[0-9a-f]{32}$/.test(id)
    ? `${id.slice(0, id.indexOf("_") + 1)}…${id.slice(-6)}`
    : id;
}

export function CustomerName({ id }: { id: string | null }) {
  const t = useTexts(TEXTS);
  const user = useUser(id);
  if (id === null)
    return (
      <Text span inherit c="dimmed">
        {t.nobody}
      </Text>
    );
  return (
    <Text span inherit title={id}>
      {user === undefined ? short(id) : user.email}
    </Text>
  );
}

/** Whose doing something was, as the ledger names them: `user:usr_…`, `key:key_…`, `system`. */
export function ActorName({ actor }: { actor: string }) {
  const t = useTexts(TEXTS);
  const [kind = "", id = ""] = actor.split(/:(.*)/s);
  const user = useUser(kind === "user" ? id : null);
  const name =
    kind === "user"
      ? (user?.email ?? short(id))
      : kind === "system"
        ? t.system
        : kind === "server"
          ? t.server
          : kind === "guest"
            ? t.guest
            : id.startsWith("key_")
              ? t.key(short(id))
              : actor;
  return (
    <Text span inherit title={actor}>
      {name}
    </Text>
  );
}
