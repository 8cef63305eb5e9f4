import { inLanguages } from "../kit/languages.ts";

export const messages = inLanguages({
  en: {
    title: "Sign in",
    again: "Sign in again",
    why: "What you are about to do asks for a fresh sign-in.",
    email: "E-mail",
    password: "Password",
    submit: "Sign in",
    forgot: "Forgot your password?",
    signUp: "Create an account",
    code: "Sign in with a code by e-mail",
    passkey: "Sign in with a passkey",
    by: (provider: string) => `Continue with ${provider}`,
    or: "or",
  },
  de: {
    title: "Anmelden",
    again: "Erneut anmelden",
    why: "Was Sie vorhaben, verlangt eine frische Anmeldung.",
    email: "E-Mail",
    password: "Passwort",
    submit: "Anmelden",
    forgot: "Passwort vergessen?",
    signUp: "Konto erstellen",
    code: "Mit einem Code per E-Mail anmelden",
    passkey: "Mit einem Passkey anmelden",
    by: (provider: string) => `Weiter mit ${provider}`,
    or: "oder",
  },
});
