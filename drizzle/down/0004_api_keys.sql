DROP TRIGGER session_announce_truncate ON "session";--> statement-breakpoint
DROP TRIGGER user_announce_truncate ON "user";--> statement-breakpoint
DROP TRIGGER member_announce_truncate ON "member";--> statement-breakpoint
DROP TRIGGER organization_announce_truncate ON "organization";--> statement-breakpoint
DROP TRIGGER member_announce ON "member";--> statement-breakpoint
DROP TRIGGER organization_announce_update ON "organization";--> statement-breakpoint
DROP TRIGGER organization_announce_delete ON "organization";--> statement-breakpoint
DROP TRIGGER user_announce_update ON "user";--> statement-breakpoint
DROP TRIGGER user_announce_delete ON "user";--> statement-breakpoint
DROP TRIGGER session_announce_update ON "session";--> statement-breakpoint
DROP TRIGGER session_announce_delete ON "session";--> statement-breakpoint
DROP TABLE "apikey_usage", "apikey";--> statement-breakpoint
DROP FUNCTION gatehouse_announce();--> statement-breakpoint
DROP FUNCTION gatehouse_announce_all();
