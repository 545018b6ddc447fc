/** Search parameters of an address, read with care: anybody may have typed them. */
export function textIn(search: Record<string, unknown>, name: string): string | undefined {
  const value = search[name];
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" && text.length <= 200 ? text : undefined;
}

export function oneOf<T extends string>(
  search: Record<string, unknown>,
  name: string,
  known: readonly T[],
): T | undefined {
  return known.find((it) => it === search[name]);
}

/** Without what is undefined, so that the address has only what was asked for. */
export function given<T extends object>(search: T): Partial<T> {
  return Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined && value !== ""),
  ) as Partial<T>;
}
