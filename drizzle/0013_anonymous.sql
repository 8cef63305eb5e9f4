ALTER TABLE "user" ADD COLUMN "is_anonymous" boolean DEFAULT false;--> statement-breakpoint
CREATE INDEX "user_anonymous_idx" ON "user" USING btree ("id") WHERE "user"."is_anonymous";
