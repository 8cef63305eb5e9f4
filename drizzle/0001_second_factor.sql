-- expand
CREATE TABLE "two_factor" (
	"id" text PRIMARY KEY NOT NULL,
	"secret" text NOT NULL,
	"backup_codes" text NOT NULL,
	"user_id" text NOT NULL,
	"verified" boolean DEFAULT true,
	"failed_verification_count" bigint DEFAULT 0,
	"locked_until" timestamp (3) with time zone,
	CONSTRAINT "two_factor_user_unique" UNIQUE("user_id"),
	CONSTRAINT "two_factor_id_length" CHECK (length("two_factor"."id") <= 255),
	CONSTRAINT "two_factor_secret_length" CHECK (length("two_factor"."secret") <= 1024),
	CONSTRAINT "two_factor_backup_codes_length" CHECK (length("two_factor"."backup_codes") <= 4096),
	CONSTRAINT "two_factor_user_id_length" CHECK (length("two_factor"."user_id") <= 255)
);--> statement-breakpoint
ALTER TABLE "user" ADD COLUMN "two_factor_enabled" boolean DEFAULT false;--> statement-breakpoint
ALTER TABLE "two_factor" ADD CONSTRAINT "two_factor_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;
