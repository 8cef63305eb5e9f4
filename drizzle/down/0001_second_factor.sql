ALTER TABLE "user" DROP COLUMN "two_factor_enabled";--> statement-breakpoint
DROP TABLE "two_factor";
