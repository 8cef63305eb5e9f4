ALTER TABLE "user_profile" ADD COLUMN "preferences" jsonb DEFAULT '{}'::jsonb NOT NULL;--> statement-breakpoint
ALTER TABLE "user_profile" ADD CONSTRAINT "user_profile_preferences_length" CHECK (length("user_profile"."preferences"::text) <= 4096);--> statement-breakpoint
UPDATE "user_profile" p SET "preferences" = jsonb_strip_nulls(jsonb_build_object('language', q."language", 'timezone', q."timezone", 'theme', q."theme"))
FROM "user_preference" q WHERE q."user_id" = p."user_id";--> statement-breakpoint
DROP TABLE "user_preference";--> statement-breakpoint
DROP TYPE "public"."theme";--> statement-breakpoint
DROP TYPE "public"."language";
