import { useMe } from "@shared/auth/useSession.ts";
import { SCREENS } from "./navigation.ts";

/** The screens that whoever is signed in may open. */
export function useScreens(): readonly (typeof SCREENS)[number][] {
  const may = useMe()?.permissions ?? [];
  return SCREENS.filter(({ permission }) => may.includes(permission));
}
