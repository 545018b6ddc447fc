import { texts } from "@shared/i18n/i18n.tsx";

export const SET_UP_TEXTS = texts({
  en: {
    title: "Set up this server",
    what: "Nobody runs it yet. With the code that it printed when it started you become its administrator.",
    code: "Code",
    codeWhat: "Good once, and for a day. A server that is started again prints a new one.",
    badCode: "This code is not good, or not any more. Start the server again for a new one.",
    email: "Your e-mail address",
    password: "Password",
    passwordWhat: "At least 8 characters, and not a password that everyone tries.",
    weak: "Too short, or too easily guessed. Choose another.",
    submit: "Become the administrator",
    signIn: "Sign in instead",
  },
  de: {
    title: "Diesen Server einrichten",
    what: "Noch betreibt ihn niemand. Mit dem Code, den er beim Start ausgegeben hat, verwalten Sie ihn.",
    code: "Code",
    codeWhat:
      "Gilt einmal und einen Tag lang. Beim nächsten Start gibt der Server einen neuen aus.",
    badCode:
      "Dieser Code gilt nicht oder nicht mehr. Ein neuer Start des Servers gibt einen neuen.",
    email: "Ihre E-Mail-Adresse",
    password: "Passwort",
    passwordWhat: "Mindestens 8 Zeichen und kein Passwort, das alle ausprobieren.",
    weak: "Zu kurz oder zu leicht zu erraten. Wählen Sie ein anderes.",
    submit: "Verwaltung übernehmen",
    signIn: "Stattdessen anmelden",
  },
});
