import { plural, texts } from "@shared/i18n/i18n.tsx";

export const AUDIT_TEXTS = texts({
  en: {
    title: "Audit",
    tabs: "What to look at",
    acts: "Acts",
    ledger: "Ledger",
    verify: "Proof",
    actsWhat:
      "What was done by those who work here, and for or against security. It cannot be rewritten without being found out.",
    kind: "Kind",
    kindHint: "create_user",
    actor: "By whom",
    actorHint: "user:usr_…",
    subject: "About",
    subjectHint: "usr_…",
    search: "Search",
    clear: "Clear",
    when: "When",
    facts: "What was asked for",
    id: "Id",
    noActs: "No act is like that",
    noActsWhat: "Search for less, or clear the filters.",
    open: "Open",
    close: "Close",
    ledgerWhat:
      "Every change to one item or slot, the oldest first, with the counts that each one left.",
    offering: "Item or slot",
    offeringHint: "SKU or id",
    reservation: "Reservation (optional)",
    reservationHint: "rsv_…",
    noSuchOffering: "There is no item with this SKU.",
    choose: "Choose an item or a slot",
    chooseWhat: "The ledger is kept for each by itself.",
    noEntries: "No entry is like that",
    number: "No.",
    change: "Change",
    capacity: "Capacity",
    held: "Held",
    confirmed: "Confirmed",
    why: "Why",
    prove: "Prove",
    proveOf: (what: string) => `Prove ${what}`,
    proof: "Proof of one entry",
    proving: "Checking the proof…",
    proved: "It is in the log, as it is shown here.",
    provedWhat: (index: number, size: number, at: string) =>
      `Entry ${index} of ${size}, under the checkpoint of ${at}. Its hash leads to the root that was signed, computed here and not by the server.`,
    erased: "What was personal in it has been erased, by an act that is in the log as well.",
    notSealed: "It is not sealed yet. That takes a second or so; try again in a moment.",
    again: "Try again",
    sealedAs: "The entry as it was sealed",
  },
  de: {
    title: "Prüfprotokoll",
    tabs: "Was gezeigt wird",
    acts: "Handlungen",
    ledger: "Buch",
    verify: "Beweis",
    actsWhat:
      "Was die getan haben, die hier arbeiten, und was für oder gegen die Sicherheit geschah. Es lässt sich nicht umschreiben, ohne dass es auffällt.",
    kind: "Art",
    kindHint: "create_user",
    actor: "Von wem",
    actorHint: "user:usr_…",
    subject: "Worüber",
    subjectHint: "usr_…",
    search: "Suchen",
    clear: "Leeren",
    when: "Wann",
    facts: "Was verlangt war",
    id: "Kennung",
    noActs: "Keine Handlung ist so",
    noActsWhat: "Suchen Sie nach weniger, oder leeren Sie die Filter.",
    open: "Öffnen",
    close: "Schließen",
    ledgerWhat:
      "Jede Änderung an einem Artikel oder Termin, die älteste zuerst, mit den Zahlen, die sie hinterließ.",
    offering: "Artikel oder Termin",
    offeringHint: "SKU oder Kennung",
    reservation: "Reservierung (freiwillig)",
    reservationHint: "rsv_…",
    noSuchOffering: "Es gibt keinen Artikel mit dieser SKU.",
    choose: "Wählen Sie einen Artikel oder Termin",
    chooseWhat: "Das Buch wird für jeden einzeln geführt.",
    noEntries: "Kein Eintrag ist so",
    number: "Nr.",
    change: "Änderung",
    capacity: "Menge",
    held: "Vorgemerkt",
    confirmed: "Bestätigt",
    why: "Warum",
    prove: "Beweisen",
    proveOf: (what: string) => `${what} beweisen`,
    proof: "Beweis eines Eintrags",
    proving: "Der Beweis wird geprüft…",
    proved: "Er steht im Protokoll, so wie hier gezeigt.",
    provedWhat: (index: number, size: number, at: string) =>
      `Eintrag ${index} von ${size}, unter dem Prüfpunkt von ${at}. Seine Prüfsumme führt zur unterschriebenen Wurzel, gerechnet hier und nicht vom Server.`,
    erased:
      "Was darin persönlich war, ist gelöscht, durch eine Handlung, die auch im Protokoll steht.",
    notSealed:
      "Er ist noch nicht versiegelt. Das dauert etwa eine Sekunde; versuchen Sie es gleich noch einmal.",
    again: "Noch einmal versuchen",
    sealedAs: "Der Eintrag, wie er versiegelt wurde",
  },
});

export const FLAW_TEXTS = texts({
  en: {
    note: "The checkpoint cannot be read.",
    signature: "The signature is not by the public key that you gave.",
    entry: "The entry is not in the form that it was sealed in.",
    path: "The proof does not lead to the signed root. Something was changed, or the proof is not for this.",
    "other-log": "It is of another organization’s log.",
    "not-shown": "What was sealed is something else than what is shown here.",
    "two-logs":
      "The log does not go on from the checkpoint that this browser kept: its history is another one.",
  },
  de: {
    note: "Der Prüfpunkt ist nicht lesbar.",
    signature: "Die Unterschrift ist nicht von dem öffentlichen Schlüssel, den Sie genannt haben.",
    entry: "Der Eintrag hat nicht die Form, in der er versiegelt wurde.",
    path: "Der Beweis führt nicht zur unterschriebenen Wurzel. Etwas wurde geändert, oder der Beweis gilt etwas anderem.",
    "other-log": "Er ist aus dem Protokoll einer anderen Organisation.",
    "not-shown": "Versiegelt wurde etwas anderes, als hier gezeigt wird.",
    "two-logs":
      "Das Protokoll führt den Prüfpunkt, den dieser Browser aufbewahrt hat, nicht fort: Es ist eine andere Geschichte.",
  },
});

export const VERIFY_TEXTS = texts({
  en: {
    checkpoint: "Newest checkpoint",
    checkpointWhat:
      "The state of the whole log, signed by the server. Keep it where nobody reaches it who can reach the database.",
    none: "Nothing has been sealed yet",
    noneWhat: "The first checkpoint comes about a second after the first act or reservation.",
    size: "Entries",
    root: "Root",
    at: "Signed",
    copyIt: "Checkpoint",
    save: "Save as a file",
    key: "Public key of the log (optional)",
    keyWhat:
      "As “firmhold audit key” prints it on the server’s machine. Kept in this browser; get it some other way than from this page.",
    verify: "Verify now",
    verifying: "Checking…",
    cannot:
      "This browser checks nothing on pages that did not come by HTTPS. Use the commands below.",
    results: "What was found",
    holds: "Holds",
    doesNot: "Does not hold",
    notChecked: "Not checked",
    signature: "The newest checkpoint is signed by the key that you gave.",
    noKey: "Whether the signature is right: no public key was given.",
    goesOn: (size: number, when: string) =>
      `The log goes on from the checkpoint over ${size} entries that this browser kept (${when}).`,
    first: "There was no earlier checkpoint in this browser. This one is kept for the next time.",
    entries: (n: number) =>
      plural("en", n, {
        one: "The newest act is in the log as it is shown.",
        other: "The # newest acts are in the log as they are shown.",
      }),
    proves: "What this proves",
    provesWhat:
      "The acts that were looked at have not been changed since they were sealed, and nothing before the kept checkpoint was changed or taken out.",
    provesNot: "What it does not prove",
    provesNotWhat:
      "That every single entry still is as it was sealed: only the command below computes all of it anew. That an entry was true when it was written. And this page comes from the server as well: whoever distrusts it uses the independent verifier.",
    commands: "Check it without this page",
    onServer: "On the server’s machine: everything, from its tables",
    export: "Write the log to a file",
    elsewhere: "Anywhere: with the file, the public key and nothing of ours but checker.py",
    since: "With a checkpoint that was kept",
  },
  de: {
    checkpoint: "Neuester Prüfpunkt",
    checkpointWhat:
      "Der Stand des ganzen Protokolls, vom Server unterschrieben. Bewahren Sie ihn auf, wo niemand hinkommt, der an die Datenbank kommt.",
    none: "Noch ist nichts versiegelt",
    noneWhat:
      "Der erste Prüfpunkt kommt etwa eine Sekunde nach der ersten Handlung oder Reservierung.",
    size: "Einträge",
    root: "Wurzel",
    at: "Unterschrieben",
    copyIt: "Prüfpunkt",
    save: "Als Datei sichern",
    key: "Öffentlicher Schlüssel des Protokolls (freiwillig)",
    keyWhat:
      "So, wie „firmhold audit key“ ihn auf dem Rechner des Servers ausgibt. Bleibt in diesem Browser; holen Sie ihn anders als über diese Seite.",
    verify: "Jetzt prüfen",
    verifying: "Wird geprüft…",
    cannot:
      "Dieser Browser prüft nichts auf Seiten, die nicht über HTTPS kamen. Nehmen Sie die Befehle unten.",
    results: "Was gefunden wurde",
    holds: "Stimmt",
    doesNot: "Stimmt nicht",
    notChecked: "Nicht geprüft",
    signature: "Der neueste Prüfpunkt ist mit dem Schlüssel unterschrieben, den Sie genannt haben.",
    noKey: "Ob die Unterschrift stimmt: Es ist kein öffentlicher Schlüssel genannt.",
    goesOn: (size: number, when: string) =>
      `Das Protokoll führt den Prüfpunkt über ${size} Einträge fort, den dieser Browser aufbewahrt hat (${when}).`,
    first:
      "In diesem Browser gab es keinen früheren Prüfpunkt. Dieser wird fürs nächste Mal aufbewahrt.",
    entries: (n: number) =>
      plural("de", n, {
        one: "Die neueste Handlung steht im Protokoll, wie sie gezeigt wird.",
        other: "Die # neuesten Handlungen stehen im Protokoll, wie sie gezeigt werden.",
      }),
    proves: "Was das beweist",
    provesWhat:
      "Die angesehenen Handlungen sind seit dem Versiegeln unverändert, und vor dem aufbewahrten Prüfpunkt wurde nichts geändert oder entfernt.",
    provesNot: "Was es nicht beweist",
    provesNotWhat:
      "Dass jeder einzelne Eintrag noch ist, wie er versiegelt wurde: Nur der Befehl unten rechnet alles neu. Dass ein Eintrag wahr war, als er geschrieben wurde. Und auch diese Seite kommt vom Server: Wer ihm nicht traut, nimmt den unabhängigen Prüfer.",
    commands: "Ohne diese Seite prüfen",
    onServer: "Auf dem Rechner des Servers: alles, aus seinen Tabellen",
    export: "Das Protokoll in eine Datei schreiben",
    elsewhere:
      "Irgendwo: mit der Datei, dem öffentlichen Schlüssel und nichts von uns als checker.py",
    since: "Mit einem aufbewahrten Prüfpunkt",
  },
});
