DROP POLICY "view_delete" ON "view";--> statement-breakpoint
DROP POLICY "view_update" ON "view";--> statement-breakpoint
DROP POLICY "view_insert" ON "view";--> statement-breakpoint
DROP POLICY "view_read" ON "view";--> statement-breakpoint
DROP POLICY "menu_item_delete" ON "menu_item";--> statement-breakpoint
DROP POLICY "menu_item_update" ON "menu_item";--> statement-breakpoint
DROP POLICY "menu_item_insert" ON "menu_item";--> statement-breakpoint
DROP POLICY "menu_item_read" ON "menu_item";--> statement-breakpoint
DROP POLICY "audit_event_read" ON "audit_event";--> statement-breakpoint
CREATE POLICY "audit_event_organization" ON "audit_event" AS PERMISSIVE FOR SELECT TO "gatehouse_app" USING ("audit_event"."organization_id" = (select nullif(current_setting('app.organization_id', true), '')));--> statement-breakpoint
CREATE POLICY "audit_event_platform" ON "audit_event" AS PERMISSIVE FOR SELECT TO "gatehouse_app" USING ("audit_event"."organization_id" is null and (select nullif(current_setting('app.platform_role', true), '')) = 'admin');--> statement-breakpoint
CREATE POLICY "menu_item_organization" ON "menu_item" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("menu_item"."organization_id" = (select nullif(current_setting('app.organization_id', true), ''))) WITH CHECK ("menu_item"."organization_id" = (select nullif(current_setting('app.organization_id', true), '')));--> statement-breakpoint
CREATE POLICY "menu_item_shared" ON "menu_item" AS PERMISSIVE FOR SELECT TO "gatehouse_app" USING ("menu_item"."organization_id" is null and (select nullif(current_setting('app.organization_id', true), '')) is not null);--> statement-breakpoint
CREATE POLICY "menu_item_platform" ON "menu_item" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("menu_item"."organization_id" is null and (select nullif(current_setting('app.platform_role', true), '')) = 'admin') WITH CHECK ("menu_item"."organization_id" is null and (select nullif(current_setting('app.platform_role', true), '')) = 'admin');--> statement-breakpoint
CREATE POLICY "view_organization" ON "view" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("view"."organization_id" = (select nullif(current_setting('app.organization_id', true), ''))) WITH CHECK ("view"."organization_id" = (select nullif(current_setting('app.organization_id', true), '')));--> statement-breakpoint
CREATE POLICY "view_shared" ON "view" AS PERMISSIVE FOR SELECT TO "gatehouse_app" USING ("view"."organization_id" is null and (select nullif(current_setting('app.organization_id', true), '')) is not null);--> statement-breakpoint
CREATE POLICY "view_platform" ON "view" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("view"."organization_id" is null and (select nullif(current_setting('app.platform_role', true), '')) = 'admin') WITH CHECK ("view"."organization_id" is null and (select nullif(current_setting('app.platform_role', true), '')) = 'admin');
