-- expand
-- accept index-lock: before the first release
CREATE INDEX "audit_event_person_idx" ON "audit_event" USING btree ("actor_id","created_at") WHERE "audit_event"."actor_type" = 'user';--> statement-breakpoint
CREATE VIEW "public"."own_activity" WITH (security_invoker = true) AS (select "organization_id", "action", "created_at" from "audit_event" where "audit_event"."actor_type" = 'user'
          and "audit_event"."actor_id" = (select nullif(current_setting('app.user_id', true), ''))
          and "audit_event"."impersonator_id" is null and "audit_event"."organization_id" is not null);
