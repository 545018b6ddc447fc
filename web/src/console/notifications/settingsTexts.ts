import { texts } from "@shared/i18n/i18n.tsx";

export const SETTINGS_TEXTS = texts({
  en: {
    what: "It holds for what is planned from now on. Reminders are planned when a reservation is confirmed or moved.",
    never: "Nobody has said yet how customers are told, so they are told nothing.",
    changed: (when: string) => `Said so last on ${when}.`,
    channels: "By which ways",
    channelsWhat:
      "What the server is not set up for goes to its log. Customers can do without e-mails and text messages.",
    noChannels: "Without any of them customers are told nothing.",
    emailWhat:
      "To the user's address, or the one that the reservation is for. Whoever runs the server sets up a mail server: FIRMHOLD_SMTP_HOST and FIRMHOLD_SMTP_FROM.",
    smsWhat:
      "To the number that a user has given; nobody has shown that it is theirs. Whoever runs the server sets up AWS SNS, and a bound on what it may cost: FIRMHOLD_SNS_PHONES.",
    topicWhat:
      "To your systems that have subscribed to it, whoever the customer is. Whoever runs the server sets up AWS SNS: FIRMHOLD_SNS_TOPIC.",
    logWhat: "It says that there was something to tell, and neither what nor to whom.",
    kinds: "What they are told",
    confirmationWhat: "A reservation is confirmed, moved, or given back in part.",
    reminderWhat: "A slot begins soon.",
    cancellationWhat: "A reservation is cancelled.",
    offerWhat: "What they were waiting for is held for them.",
    expiryWhat: "A hold of theirs ends soon.",
    language: "Language",
    languageWhat:
      "Such as en or de-AT, for whoever has not chosen one. Where there is no template in it, English.",
    reminders: "Reminders",
    remindersWhat: "How many minutes before a slot begins, one message for each. Five at most.",
    noReminders: "Nobody is reminded.",
    reminderOf: (n: number) => `Reminder ${n}: minutes before`,
    before: (length: string) => `${length} before`,
    add: "One more reminder",
    remove: (n: number) => `Remove reminder ${n}`,
    warning: "Warn before a hold ends (seconds)",
    warningWhat: (length: string) =>
      `${length === "" ? "" : `That is ${length}. `}Of a shorter hold nobody is warned.`,
    save: "Save",
    saved: "Saved.",
    anew: "Show what it is now",
  },
  de: {
    what: "Es gilt für alles, was von jetzt an geplant wird. Erinnerungen werden geplant, wenn eine Reservierung bestätigt oder verschoben wird.",
    never: "Noch hat niemand festgelegt, wie mitgeteilt wird, also wird nichts mitgeteilt.",
    changed: (when: string) => `Zuletzt festgelegt am ${when}.`,
    channels: "Auf welchen Wegen",
    channelsWhat:
      "Wofür der Server nicht eingerichtet ist, das kommt in sein Protokoll. Auf E-Mails und SMS kann die Kundschaft verzichten.",
    noChannels: "Ohne einen davon wird nichts mitgeteilt.",
    emailWhat:
      "An die Adresse der Person oder die, für die reserviert ist. Wer den Server betreibt, richtet einen Mailserver ein: FIRMHOLD_SMTP_HOST und FIRMHOLD_SMTP_FROM.",
    smsWhat:
      "An die Nummer, die jemand angegeben hat; dass es die eigene ist, hat niemand gezeigt. Wer den Server betreibt, richtet AWS SNS ein, und eine Grenze für die Kosten: FIRMHOLD_SNS_PHONES.",
    topicWhat:
      "An Ihre Systeme, die es abonniert haben, um wen auch immer es geht. Wer den Server betreibt, richtet AWS SNS ein: FIRMHOLD_SNS_TOPIC.",
    logWhat: "Es sagt, dass etwas mitzuteilen war, und weder was noch wem.",
    kinds: "Was mitgeteilt wird",
    confirmationWhat: "Eine Reservierung ist bestätigt, verschoben oder zum Teil zurückgegeben.",
    reminderWhat: "Ein Termin beginnt bald.",
    cancellationWhat: "Eine Reservierung ist storniert.",
    offerWhat: "Worauf jemand gewartet hat, ist vorgemerkt.",
    expiryWhat: "Eine Vormerkung läuft bald ab.",
    language: "Sprache",
    languageWhat:
      "Etwa en oder de-AT, für alle, die keine gewählt haben. Wo es darin keine Vorlage gibt, Englisch.",
    reminders: "Erinnerungen",
    remindersWhat:
      "Wie viele Minuten vor Beginn eines Termins, für jede eine Nachricht. Höchstens fünf.",
    noReminders: "Niemand wird erinnert.",
    reminderOf: (n: number) => `Erinnerung ${n}: Minuten vorher`,
    before: (length: string) => `${length} vorher`,
    add: "Noch eine Erinnerung",
    remove: (n: number) => `Erinnerung ${n} entfernen`,
    warning: "Vor dem Ende einer Vormerkung warnen (Sekunden)",
    warningWhat: (length: string) =>
      `${length === "" ? "" : `Das entspricht ${length}. `}Bei kürzeren Vormerkungen wird niemand gewarnt.`,
    save: "Speichern",
    saved: "Gespeichert.",
    anew: "Zeigen, wie es jetzt ist",
  },
});
