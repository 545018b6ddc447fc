/** Every refusal in plain words, in both languages. */
import { texts, useTexts } from "../i18n/i18n.tsx";
import { isProblem, type ProblemCode } from "./problem.ts";

const TEXTS = texts({
  en: {
    unreachable: "The server cannot be reached. Check the connection and try again.",
    unauthenticated: "Sign in first. If you just did, e-mail address or password are not right.",
    forbidden: "You are not allowed to do this.",
    rate_limited: "That was too often in a short time. Wait a moment and try again.",
    malformed_request: "Something in it is not as it should be.",
    idempotency_key_missing: "Something in it is not as it should be.",
    idempotency_key_reused: "This was already done in another way. Load the page again.",
    idempotency_key_in_progress: "This is being done already. Wait a moment.",
    not_found: "It is not there any more, or never was.",
    too_late_to_cancel: "It is too late to cancel. Please call us.",
    not_on_sale_yet: "The sale has not begun yet.",
    sale_ended: "The sale is over.",
    too_far_ahead: "This cannot be booked so far ahead yet.",
    too_late_to_book: "It is too late to book this.",
    limit_exceeded: "That is more than one person may have.",
    insufficient_capacity: "Somebody else was faster: there is not enough left.",
    pool_busy: "The room or the practitioner is taken at that time.",
    hold_expired: "Your hold has expired. What was held is on sale again.",
    already_confirmed: "This is confirmed already.",
    already_released: "This was given back already.",
    already_cancelled: "This was cancelled already.",
    capacity_below_reserved: "More than that is reserved already.",
    already_exists: "There is one already.",
    version_conflict: "Somebody else has changed it. Look at it again first.",
    overloaded: "The server is very busy. Try again in a moment; nothing is done twice.",
    internal_error: "Something went wrong on the server. Try again; nothing is done twice.",
  },
  de: {
    unreachable:
      "Der Server ist nicht erreichbar. Prüfen Sie die Verbindung und versuchen Sie es noch einmal.",
    unauthenticated:
      "Melden Sie sich zuerst an. Falls Sie das gerade getan haben, stimmen E-Mail-Adresse oder Passwort nicht.",
    forbidden: "Das dürfen Sie nicht.",
    rate_limited:
      "Das war zu oft in kurzer Zeit. Warten Sie einen Moment und versuchen Sie es noch einmal.",
    malformed_request: "Etwas darin ist nicht, wie es sein soll.",
    idempotency_key_missing: "Etwas darin ist nicht, wie es sein soll.",
    idempotency_key_reused: "Das wurde schon anders erledigt. Laden Sie die Seite neu.",
    idempotency_key_in_progress: "Das wird gerade erledigt. Warten Sie einen Moment.",
    not_found: "Das gibt es nicht mehr, oder es gab es nie.",
    too_late_to_cancel: "Zum Stornieren ist es zu spät. Bitte rufen Sie uns an.",
    not_on_sale_yet: "Der Verkauf hat noch nicht begonnen.",
    sale_ended: "Der Verkauf ist vorbei.",
    too_far_ahead: "So weit im Voraus kann man das noch nicht buchen.",
    too_late_to_book: "Um das zu buchen, ist es zu spät.",
    limit_exceeded: "Das ist mehr, als eine Person haben darf.",
    insufficient_capacity: "Jemand anderes war schneller: Es ist nicht genug übrig.",
    pool_busy: "Der Raum oder die Fachkraft ist zu dieser Zeit belegt.",
    hold_expired: "Ihre Vormerkung ist abgelaufen. Was vorgemerkt war, ist wieder im Verkauf.",
    already_confirmed: "Das ist schon bestätigt.",
    already_released: "Das wurde schon zurückgegeben.",
    already_cancelled: "Das wurde schon storniert.",
    capacity_below_reserved: "Mehr als das ist schon reserviert.",
    already_exists: "Das gibt es schon.",
    version_conflict: "Jemand anderes hat es geändert. Sehen Sie es sich zuerst noch einmal an.",
    overloaded:
      "Der Server ist stark ausgelastet. Versuchen Sie es gleich noch einmal; nichts geschieht doppelt.",
    internal_error:
      "Auf dem Server ist etwas schiefgegangen. Versuchen Sie es noch einmal; nichts geschieht doppelt.",
  } satisfies Record<ProblemCode, string>,
});

export function useProblemText(): (error: unknown) => string {
  const t = useTexts(TEXTS);
  return (error) => t[isProblem(error) ? error.code : "internal_error"];
}
