import type { Module } from "../../../http/module.ts";
import { text } from "../../../web/kit/languages.ts";
import { authorizeRoutes, type Ports as AuthorizePorts } from "./authorize-routes.ts";
import { introspectRoutes, type Ports, verifyRoutes } from "./routes.ts";

export const verification: Module<Ports & AuthorizePorts> = {
  name: "verification",
  mounts: { "/verify": verifyRoutes, "/introspect": introspectRoutes, "/authorize": authorizeRoutes },
  permissions: ["token:introspect"],
  names: {
    token: text("Credentials of others", "Zugangsdaten anderer"),
    "token:introspect": text("Check whose they are", "Prüfen, wem sie gehören"),
  },
};
