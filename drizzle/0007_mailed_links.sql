-- expand
-- accept index-lock: before the first release
DROP INDEX "verification_reset_idx";--> statement-breakpoint
CREATE INDEX "verification_reset_idx" ON "verification" USING btree ("value") WHERE "verification"."identifier" like 'reset-password%';
