DROP INDEX "member_user_id_idx";--> statement-breakpoint
CREATE INDEX "member_user_id_idx" ON "member" USING btree ("user_id","organization_id");