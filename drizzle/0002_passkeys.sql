-- expand
CREATE TABLE "passkey" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text,
	"public_key" text NOT NULL,
	"user_id" text NOT NULL,
	"credential_id" text NOT NULL,
	"counter" bigint NOT NULL,
	"device_type" text NOT NULL,
	"backed_up" boolean NOT NULL,
	"transports" text,
	"created_at" timestamp (3) with time zone,
	"aaguid" text,
	CONSTRAINT "passkey_credential_unique" UNIQUE("credential_id"),
	CONSTRAINT "passkey_id_length" CHECK (length("passkey"."id") <= 255),
	CONSTRAINT "passkey_name_length" CHECK (length("passkey"."name") <= 255),
	CONSTRAINT "passkey_public_key_length" CHECK (length("passkey"."public_key") <= 4096),
	CONSTRAINT "passkey_user_id_length" CHECK (length("passkey"."user_id") <= 255),
	CONSTRAINT "passkey_credential_id_length" CHECK (length("passkey"."credential_id") <= 1400),
	CONSTRAINT "passkey_device_type_length" CHECK (length("passkey"."device_type") <= 255),
	CONSTRAINT "passkey_transports_length" CHECK (length("passkey"."transports") <= 255),
	CONSTRAINT "passkey_aaguid_length" CHECK (length("passkey"."aaguid") <= 255)
);--> statement-breakpoint
ALTER TABLE "passkey" ADD CONSTRAINT "passkey_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "passkey_user_id_idx" ON "passkey" USING btree ("user_id");
