ALTER TABLE "organization" DROP CONSTRAINT "organization_two_factor_grace";--> statement-breakpoint
ALTER TABLE "organization" DROP COLUMN "two_factor_grace_days";--> statement-breakpoint
ALTER TABLE "organization" DROP COLUMN "two_factor_required_from";
