-- expand
-- accept index-lock: it is built at once, since nobody is anonymous yet
ALTER TABLE "user" ADD COLUMN "is_anonymous" boolean;--> statement-breakpoint
ALTER TABLE "user" ALTER COLUMN "is_anonymous" SET DEFAULT false;--> statement-breakpoint
CREATE INDEX "user_anonymous_idx" ON "user" USING btree ("id") WHERE "user"."is_anonymous";
