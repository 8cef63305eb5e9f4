ALTER TABLE "audit_event" DROP COLUMN "as_administrator";--> statement-breakpoint
DROP TABLE "audit_unsealed", "audit_seal", "audit_batch";
