DROP POLICY "audit_event_append" ON "audit_event";--> statement-breakpoint
DROP POLICY "audit_event_organization" ON "audit_event";--> statement-breakpoint
CREATE POLICY "audit_event_organization" ON "audit_event" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("audit_event"."organization_id" is not distinct from (select nullif(current_setting('app.organization_id', true), ''))) WITH CHECK ("audit_event"."organization_id" is not distinct from (select nullif(current_setting('app.organization_id', true), '')));
