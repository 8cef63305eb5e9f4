DROP INDEX "user_anonymous_idx";--> statement-breakpoint
ALTER TABLE "user" DROP COLUMN "is_anonymous";
