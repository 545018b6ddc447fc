const BROWSERS = [
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const SYSTEMS = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS X", "macOS"],
  ["Linux", "Linux"],
] as const;

/** What a browser calls itself, in words that people know; another program's own words. */
export function programOf(agent: string | null): string | null {
  if (agent === null) return null;
  if (!agent.startsWith("Mozilla/")) return agent.slice(0, 60);
  const browser = BROWSERS.find(([sign]) => agent.includes(sign))?.[1];
  const system = SYSTEMS.find(([sign]) => agent.includes(sign))?.[1];
  return [browser, system].filter((it) => it !== undefined).join(", ") || agent.slice(0, 60);
}
