-- expand
CREATE TYPE "public"."saved_search_visibility" AS ENUM('private', 'organization');--> statement-breakpoint
CREATE TABLE "saved_search" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"name" text NOT NULL,
	"name_key" text GENERATED ALWAYS AS (lower("name")) STORED NOT NULL,
	"visibility" "saved_search_visibility" DEFAULT 'private' NOT NULL,
	"filters" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"uses" bigint DEFAULT 0 NOT NULL,
	"owner_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "saved_search_organization_id_unique" UNIQUE("organization_id","id"),
	CONSTRAINT "saved_search_organization_id_length" CHECK (length("saved_search"."organization_id") <= 255),
	CONSTRAINT "saved_search_name_length" CHECK (length("saved_search"."name") <= 255),
	CONSTRAINT "saved_search_filters_length" CHECK (length("saved_search"."filters"::text) <= 4096),
	CONSTRAINT "saved_search_owner_id_length" CHECK (length("saved_search"."owner_id") <= 255),
	CONSTRAINT "saved_search_filters_object" CHECK (jsonb_typeof("saved_search"."filters") = 'object')
);--> statement-breakpoint
ALTER TABLE "saved_search" ADD CONSTRAINT "saved_search_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "saved_search" ADD CONSTRAINT "saved_search_owner_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "saved_search_created_idx" ON "saved_search" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "saved_search_owner_id_idx" ON "saved_search" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "saved_search_name_idx" ON "saved_search" USING btree ("organization_id","name_key","id");--> statement-breakpoint
CREATE INDEX "saved_search_uses_idx" ON "saved_search" USING btree ("organization_id","uses","id");--> statement-breakpoint
CREATE INDEX "saved_search_filters_idx" ON "saved_search" USING gin ("filters" jsonb_path_ops);
