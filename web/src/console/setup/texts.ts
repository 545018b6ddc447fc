import { texts } from "@shared/i18n/i18n.tsx";

export const SET_UP_TEXTS = texts({
  en: {
    title: "Set up this server",
    what: "With the code that a new server prints when it starts you become its administrator.",
    code: "Code",
    codeWhat: "Good once, and for a day. A server that is started again prints a new one.",
    badCode:
      "This code is not good, or has been used. If this server is set up already, sign in; if not, start it again for a new one.",
    badEmail: "This is not an e-mail address.",
    email: "Your e-mail address",
    password: "Password",
    passwordWhat: "At least 8 characters, and not a password that everyone tries.",
    weak: "Too short, or too easily guessed. Choose another.",
    submit: "Become the administrator",
    signIn: "Sign in instead",
  },
  de: {
    title: "Diesen Server einrichten",
    what: "Mit dem Code, den ein neuer Server beim Start ausgibt, übernehmen Sie seine Verwaltung.",
    code: "Code",
    codeWhat:
      "Gilt einmal und einen Tag lang. Beim nächsten Start gibt der Server einen neuen aus.",
    badCode:
      "Dieser Code gilt nicht oder ist verbraucht. Ist der Server schon eingerichtet, melden Sie sich an; wenn nicht, gibt er beim nächsten Start einen neuen aus.",
    badEmail: "Das ist keine E-Mail-Adresse.",
    email: "Ihre E-Mail-Adresse",
    password: "Passwort",
    passwordWhat: "Mindestens 8 Zeichen und kein Passwort, das alle ausprobieren.",
    weak: "Zu kurz oder zu leicht zu erraten. Wählen Sie ein anderes.",
    submit: "Verwaltung übernehmen",
    signIn: "Stattdessen anmelden",
  },
});
