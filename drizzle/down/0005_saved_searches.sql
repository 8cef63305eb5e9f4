DROP TABLE "saved_search";--> statement-breakpoint
DROP TYPE "public"."saved_search_visibility";
