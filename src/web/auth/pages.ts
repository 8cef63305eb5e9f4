import { pageRoutes } from "../kit/env.ts";
import { anonymous } from "./anonymous.tsx";
import { code } from "./code.tsx";
import { error } from "./error.tsx";
import { askForMail } from "./forgot.tsx";
import { invitation } from "./invitation.tsx";
import { link } from "./link.tsx";
import { provider } from "./provider.ts";
import { reset } from "./reset.tsx";
import { sent } from "./sent.tsx";
import { signIn } from "./sign-in.tsx";
import { signOut } from "./sign-out.tsx";
import { signUp } from "./sign-up.tsx";
import { twoFactor } from "./two-factor.tsx";
import { verify } from "./verify.tsx";

/** The pages under /auth: every way in, and out. */
export const authPages = () =>
  [
    signIn(),
    signUp(),
    sent(),
    code(),
    link(),
    twoFactor(),
    provider(),
    anonymous(),
    askForMail("reset"),
    reset(),
    verify("verify"),
    askForMail("verify"),
    verify("change"),
    invitation(),
    signOut(),
    error(),
  ].reduce((all, routes) => all.route("/", routes), pageRoutes());
