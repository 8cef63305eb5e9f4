ALTER TABLE "session" DROP CONSTRAINT "session_factors";--> statement-breakpoint
ALTER TABLE "session" DROP CONSTRAINT "session_method_length";--> statement-breakpoint
ALTER TABLE "session" DROP COLUMN "authenticated_at";--> statement-breakpoint
ALTER TABLE "session" DROP COLUMN "factors";--> statement-breakpoint
ALTER TABLE "session" DROP COLUMN "method";
