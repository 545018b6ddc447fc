/**
 * Confirmation codes: a reservation's id in short, the millisecond in which it was made and the last
 * of its random bits. They must be those of src/firmhold/engine/confirmation.py; a test compares.
 */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TIME_BITS = 42n;
const TAIL_BITS = 38n;

/** Four groups of four; `null` for an id that a code cannot say. */
export function codeOf(reservation: string): string | null {
  const digits = reservation.slice(-32);
  if (!/^[0-9a-f]{32}$/.test(digits)) return null;
  const number = BigInt(`0x${digits}`);
  const made = number >> 80n;
  if (made >> TIME_BITS > 0n) return null;
  const value = (made << TAIL_BITS) | (number & ((1n << TAIL_BITS) - 1n));
  const letters = Array.from(
    { length: 16 },
    (_, place) => ALPHABET[Number((value >> BigInt(75 - 5 * place)) & 31n)],
  ).join("");
  return letters.replace(/(.{4})(?=.)/g, "$1-");
}
