-- contract: before the first release
CREATE TYPE "public"."language" AS ENUM('en', 'de');--> statement-breakpoint
CREATE TYPE "public"."theme" AS ENUM('system', 'light', 'dark');--> statement-breakpoint
CREATE TABLE "user_preference" (
	"user_id" text PRIMARY KEY NOT NULL,
	"language" "language",
	"timezone" text,
	"theme" "theme" DEFAULT 'system' NOT NULL,
	"notify_new_device" boolean DEFAULT true NOT NULL,
	"notify_invitation" boolean DEFAULT true NOT NULL,
	"notify_membership" boolean DEFAULT true NOT NULL,
	"notify_task_assigned" boolean DEFAULT true NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_preference_user_id_length" CHECK (length("user_preference"."user_id") <= 255),
	CONSTRAINT "user_preference_timezone_length" CHECK (length("user_preference"."timezone") <= 64)
);--> statement-breakpoint
ALTER TABLE "user_profile" DROP CONSTRAINT "user_profile_preferences_length";--> statement-breakpoint
ALTER TABLE "user_preference" ADD CONSTRAINT "user_preference_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
INSERT INTO "user_preference" ("user_id", "language", "timezone", "theme", "updated_at")
SELECT "user_id",
	CASE lower(split_part("preferences" ->> 'language', '-', 1)) WHEN 'en' THEN 'en'::"language" WHEN 'de' THEN 'de'::"language" END,
	left("preferences" ->> 'timezone', 64), coalesce("preferences" ->> 'theme', 'system')::"theme", "updated_at"
FROM "user_profile" WHERE "preferences" <> '{}';--> statement-breakpoint
ALTER TABLE "user_profile" DROP COLUMN "preferences";
