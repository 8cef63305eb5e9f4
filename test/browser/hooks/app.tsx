/** @jsxImportSource react */
import {
  AuthProvider,
  useChangePassword,
  useSession,
  useSignInEmail,
  useSignOut,
  useSignUpEmail,
} from "@better-auth-ui/react";
import { createAuthClient } from "better-auth/react";
import { type FormEvent, useState } from "react";
import { createRoot } from "react-dom/client";

/** Where the service is; the page's address says it. */
const baseURL = new URLSearchParams(location.search).get("service") ?? "";
const client = createAuthClient({ baseURL, fetchOptions: { credentials: "include" } });

type Fields = Record<string, string>;

/** A form that hands over what was typed, and says what came of it. */
function Sheet(props: { title: string; fields: string[]; done: (values: Fields) => Promise<unknown> }) {
  const [said, say] = useState("");
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    say("");
    const values = Object.fromEntries(new FormData(event.currentTarget)) as Fields;
    props.done(values).then(
      () => say(`${props.title}: done`),
      (err: { error?: { code?: string } }) => say(`${props.title}: ${err.error?.code ?? "failed"}`),
    );
  };
  return (
    <form onSubmit={send} aria-label={props.title}>
      {props.fields.map((name) => (
        <input key={name} name={name} aria-label={name} />
      ))}
      <button type="submit">{props.title}</button>
      <output>{said}</output>
    </form>
  );
}

function Forms() {
  const { data: session } = useSession(client);
  const signUp = useSignUpEmail(client);
  const signIn = useSignInEmail(client);
  const change = useChangePassword(client);
  const signOut = useSignOut(client);
  return (
    <>
      <p>{session ? `Hello ${session.user.name}` : "Nobody"}</p>
      <Sheet title="Sign up" fields={["name", "email", "password"]} done={(v) => signUp.mutateAsync(v as never)} />
      <Sheet title="Sign in" fields={["email", "password"]} done={(v) => signIn.mutateAsync(v as never)} />
      <Sheet
        title="Change"
        fields={["currentPassword", "newPassword"]}
        done={(v) => change.mutateAsync({ ...v, revokeOtherSessions: true } as never)}
      />
      <Sheet title="Sign out" fields={[]} done={() => signOut.mutateAsync(undefined)} />
    </>
  );
}

createRoot(document.body.appendChild(document.createElement("main"))).render(
  <AuthProvider authClient={client} navigate={() => {}}>
    <Forms />
  </AuthProvider>,
);
