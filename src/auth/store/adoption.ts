import { runWithTransaction } from "@better-auth/core/context";
import type { Actor, Origin } from "../../core/audit.ts";
import type { RecordAudit } from "../../core/scope.ts";
import { asTenant } from "../../db/tenant.ts";
import type { Tx } from "../../db/types.ts";
import type { Auth } from "../options.ts";
import { currentTransaction, withAuthCall } from "./auth-call.ts";

type Side = { id: string; as<T>(work: (tx: Tx) => Promise<T>): Promise<T> };

/** What the application moves from one person to another, each time as the one whose rows they are. */
export type Adopting = { adopt(from: Side, to: Side): Promise<void> };

type Ports = { auth: Auth; recordAudit: RecordAudit; provision: Adopting };

/** Moves what is somebody's who had no account to the one that they have signed in to. @throws when it can't be done. */
export type Adopted = (fromId: string, toId: string, origin: Origin) => Promise<void>;

/** The person without an account ends with it, and the account's history says who they were. */
export function adoption({ auth, recordAudit, provision }: Ports): Adopted {
  return async (fromId, toId, origin) => {
    const { adapter, internalAdapter } = await auth.$context;
    const actor: Actor = { type: "user", id: toId, impersonatorId: null };
    const changes = { anonymousId: { from: fromId, to: null } };
    const work = async () => {
      const tx = currentTransaction() as Tx;
      const side = (id: string): Side => ({ id, as: (run) => asTenant(tx, { "app.user_id": id }, () => run(tx)) });
      await provision.adopt(side(fromId), side(toId));
      await recordAudit(tx, { organizationId: null, actor, origin, action: "user.adopted", entityId: toId, changes });
      await internalAdapter.deleteUser(fromId);
    };
    await withAuthCall({ acting: { actor, origin } }, () => runWithTransaction(adapter as never, work));
  };
}
