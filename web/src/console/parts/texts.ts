import { texts } from "@shared/i18n/i18n.tsx";

export const PART_TEXTS = texts({
  en: {
    notForYou: "Your role does not open this screen",
    notForYouWhat: (permission: string) =>
      `It takes the permission “${permission}”. Ask an owner of your organization if you need it.`,
    elsewhere: "Go to a screen that is yours",
    copy: "Copy",
    copied: "Copied",
    notCopied: "Not copied. Select the text and copy it yourself.",
    once: "This is shown once. Copy it now and keep it where nobody else can read it.",
    kept: "I have kept it",
    back: "Back",
    close: "Close",
    repeat: "Try again",
    unsure:
      "The answer was lost, so it may have been done. Look at the list before you try it again.",
    notThere: "There is no such thing here",
    notThereWhat: "The address may be mistyped, or it belongs to another organization.",
  },
  de: {
    notForYou: "Ihre Rolle öffnet diesen Bildschirm nicht",
    notForYouWhat: (permission: string) =>
      `Dafür braucht es die Berechtigung „${permission}“. Wenden Sie sich an jemanden mit der Rolle Inhaber.`,
    elsewhere: "Zu einem Bildschirm, der Ihrer ist",
    copy: "Kopieren",
    copied: "Kopiert",
    notCopied: "Nicht kopiert. Markieren Sie den Text und kopieren Sie ihn selbst.",
    once: "Das wird nur einmal gezeigt. Kopieren Sie es jetzt, und bewahren Sie es auf, wo niemand sonst es lesen kann.",
    kept: "Ich habe es aufbewahrt",
    back: "Zurück",
    close: "Schließen",
    repeat: "Noch einmal versuchen",
    unsure:
      "Die Antwort ging verloren, vielleicht ist es also geschehen. Sehen Sie in der Liste nach, bevor Sie es noch einmal versuchen.",
    notThere: "Das gibt es hier nicht",
    notThereWhat: "Vielleicht ist die Adresse vertippt, oder es gehört einer anderen Organisation.",
  },
});
