DROP TRIGGER user_keep_an_administrator ON "user";--> statement-breakpoint
DROP FUNCTION gatehouse_keep_an_administrator();--> statement-breakpoint
DROP FUNCTION gatehouse_administers("user");--> statement-breakpoint
DROP POLICY "audit_event_platform" ON "audit_event";--> statement-breakpoint
DROP INDEX "session_impersonated_by_idx";--> statement-breakpoint
DROP INDEX "audit_event_platform_idx";--> statement-breakpoint
DROP TABLE "menu_item", "trail", "view";--> statement-breakpoint
DROP FUNCTION gatehouse_keep_a_tree();
