// Made by `bun run cli access-control` of what the modules declare; a test holds it to them.
import { createAccessControl } from "better-auth/plugins/access";

/** Every action by its resource, in better-auth's words: what the service calls `role:create` is `ac: ["create"]`. */
export const statements = {
  ac: ["create", "delete", "read", "update"],
  apiKey: ["create", "delete", "read", "update"],
  auditEvent: ["read"],
  entitlement: ["read"],
  invitation: ["cancel", "create", "read"],
  member: ["create", "delete", "read", "update"],
  navigation: ["read", "update"],
  organization: ["delete", "read", "update"],
  project: ["create", "delete", "purge", "read", "update"],
  savedSearch: ["create", "delete", "read", "update"],
  subscription: ["read", "update"],
  task: ["create", "delete", "purge", "read", "update"],
  token: ["introspect"],
  trash: ["read"],
} as const;

export const ac = createAccessControl(statements);

/** The built-in roles. With `ac` they are options of better-auth's `organizationClient`. */
export const roles = {
  owner: ac.newRole({
    ac: ["create", "delete", "read", "update"],
    apiKey: ["create", "delete", "read", "update"],
    auditEvent: ["read"],
    entitlement: ["read"],
    invitation: ["cancel", "create", "read"],
    member: ["create", "delete", "read", "update"],
    navigation: ["read", "update"],
    organization: ["delete", "read", "update"],
    project: ["create", "delete", "purge", "read", "update"],
    savedSearch: ["create", "delete", "read", "update"],
    subscription: ["read", "update"],
    task: ["create", "delete", "purge", "read", "update"],
    token: ["introspect"],
    trash: ["read"],
  }),
  admin: ac.newRole({
    ac: ["create", "delete", "read", "update"],
    apiKey: ["create", "delete", "read", "update"],
    auditEvent: ["read"],
    entitlement: ["read"],
    invitation: ["cancel", "create", "read"],
    member: ["create", "delete", "read", "update"],
    navigation: ["read", "update"],
    organization: ["read", "update"],
    project: ["create", "delete", "purge", "read", "update"],
    savedSearch: ["create", "delete", "read", "update"],
    subscription: ["read"],
    task: ["create", "delete", "purge", "read", "update"],
    trash: ["read"],
  }),
  member: ac.newRole({
    ac: ["read"],
    member: ["read"],
    organization: ["read"],
    project: ["create", "read", "update"],
    savedSearch: ["create", "delete", "read", "update"],
    task: ["create", "delete", "read", "update"],
  }),
  viewer: ac.newRole({
    ac: ["read"],
    member: ["read"],
    organization: ["read"],
    project: ["read"],
    savedSearch: ["read"],
    task: ["read"],
  }),
};
