-- expand
CREATE TABLE "audit_batch" (
	"number" bigint PRIMARY KEY NOT NULL,
	"digest" "bytea" NOT NULL,
	"events" bigint NOT NULL,
	"sealed_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "audit_batch_digest_length" CHECK (length("audit_batch"."digest") <= 32)
);--> statement-breakpoint
CREATE TABLE "audit_seal" (
	"chain" text NOT NULL,
	"seq" bigint NOT NULL,
	"batch" bigint NOT NULL,
	"events" uuid[] NOT NULL,
	"leaves" "bytea" NOT NULL,
	"digest" "bytea" NOT NULL,
	CONSTRAINT "audit_seal_chain_seq_pk" PRIMARY KEY("chain","seq"),
	CONSTRAINT "audit_seal_chain_length" CHECK (length("audit_seal"."chain") <= 255),
	CONSTRAINT "audit_seal_digest_length" CHECK (length("audit_seal"."digest") <= 32),
	CONSTRAINT "audit_seal_leaves_length" CHECK (length("audit_seal"."leaves") <= 32000)
);--> statement-breakpoint
CREATE TABLE "audit_unsealed" (
	"id" uuid PRIMARY KEY NOT NULL
);--> statement-breakpoint
ALTER TABLE "audit_event" ADD COLUMN "as_administrator" boolean DEFAULT false NOT NULL;--> statement-breakpoint
CREATE INDEX "audit_seal_batch_idx" ON "audit_seal" USING btree ("batch","chain");--> statement-breakpoint
INSERT INTO "audit_unsealed" SELECT "id" FROM "audit_event";
