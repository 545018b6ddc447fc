/** Instants in fields of the browser, which know the reader's own zone alone. */

/** `2026-12-24T18:30` of an instant (RFC 3339), for `<input type="datetime-local">`. */
export function toField(instant: string | null): string {
  if (instant === null) return "";
  const at = new Date(instant);
  const two = (value: number) => String(value).padStart(2, "0");
  const date = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${date}T${two(at.getHours())}:${two(at.getMinutes())}`;
}

/** The instant that such a field says; `null`: none, or no whole one. */
export function fromField(text: string): string | null {
  const at = Date.parse(text);
  return text === "" || Number.isNaN(at) ? null : new Date(at).toISOString();
}
