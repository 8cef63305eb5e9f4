DROP VIEW "public"."own_activity";--> statement-breakpoint
DROP INDEX "audit_event_person_idx";
