-- expand
CREATE TYPE "public"."audit_actor_type" AS ENUM('user', 'apiKey', 'system');--> statement-breakpoint
CREATE TYPE "public"."subscription_status" AS ENUM('trialing', 'active', 'past_due', 'canceled');--> statement-breakpoint
CREATE TYPE "public"."task_status" AS ENUM('todo', 'in_progress', 'done');--> statement-breakpoint
CREATE TABLE "account" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"provider_id" text NOT NULL,
	"user_id" text NOT NULL,
	"access_token" text,
	"refresh_token" text,
	"id_token" text,
	"access_token_expires_at" timestamp (3) with time zone,
	"refresh_token_expires_at" timestamp (3) with time zone,
	"scope" text,
	"password" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "account_provider_account_unique" UNIQUE("provider_id","account_id"),
	CONSTRAINT "account_id_length" CHECK (length("account"."id") <= 255),
	CONSTRAINT "account_account_id_length" CHECK (length("account"."account_id") <= 255),
	CONSTRAINT "account_provider_id_length" CHECK (length("account"."provider_id") <= 255),
	CONSTRAINT "account_user_id_length" CHECK (length("account"."user_id") <= 255),
	CONSTRAINT "account_access_token_length" CHECK (length("account"."access_token") <= 32768),
	CONSTRAINT "account_refresh_token_length" CHECK (length("account"."refresh_token") <= 32768),
	CONSTRAINT "account_id_token_length" CHECK (length("account"."id_token") <= 32768),
	CONSTRAINT "account_scope_length" CHECK (length("account"."scope") <= 4096),
	CONSTRAINT "account_password_length" CHECK (length("account"."password") <= 1024)
);--> statement-breakpoint
CREATE TABLE "apikey" (
	"id" text PRIMARY KEY NOT NULL,
	"config_id" text DEFAULT 'default' NOT NULL,
	"name" text,
	"start" text,
	"reference_id" text NOT NULL,
	"prefix" text,
	"key" text NOT NULL,
	"refill_interval" bigint,
	"refill_amount" bigint,
	"last_refill_at" timestamp (3) with time zone,
	"enabled" boolean DEFAULT true,
	"rate_limit_enabled" boolean DEFAULT false,
	"rate_limit_time_window" bigint,
	"rate_limit_max" bigint,
	"request_count" bigint DEFAULT 0,
	"remaining" bigint,
	"last_request" timestamp (3) with time zone,
	"expires_at" timestamp (3) with time zone,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"permissions" text,
	"metadata" text,
	"window_start" timestamp (3) with time zone,
	"created_by" text,
	"previous_key" text,
	"previous_expires_at" timestamp (3) with time zone,
	"previous_created_by" text,
	"organization_id" text GENERATED ALWAYS AS (nullif("reference_id", 'platform')) STORED,
	CONSTRAINT "apikey_key_unique" UNIQUE("key"),
	CONSTRAINT "apikey_previous_key_unique" UNIQUE("previous_key"),
	CONSTRAINT "apikey_id_length" CHECK (length("apikey"."id") <= 255),
	CONSTRAINT "apikey_config_id_length" CHECK (length("apikey"."config_id") <= 255),
	CONSTRAINT "apikey_name_length" CHECK (length("apikey"."name") <= 255),
	CONSTRAINT "apikey_start_length" CHECK (length("apikey"."start") <= 255),
	CONSTRAINT "apikey_reference_id_length" CHECK (length("apikey"."reference_id") <= 255),
	CONSTRAINT "apikey_prefix_length" CHECK (length("apikey"."prefix") <= 255),
	CONSTRAINT "apikey_key_length" CHECK (length("apikey"."key") <= 255),
	CONSTRAINT "apikey_permissions_length" CHECK (length("apikey"."permissions") <= 131072),
	CONSTRAINT "apikey_metadata_length" CHECK (length("apikey"."metadata") <= 131072),
	CONSTRAINT "apikey_created_by_length" CHECK (length("apikey"."created_by") <= 255),
	CONSTRAINT "apikey_previous_key_length" CHECK (length("apikey"."previous_key") <= 255),
	CONSTRAINT "apikey_previous_created_by_length" CHECK (length("apikey"."previous_created_by") <= 255),
	CONSTRAINT "apikey_remaining_not_negative" CHECK ("apikey"."remaining" >= 0),
	CONSTRAINT "apikey_creator" CHECK ("apikey"."config_id" = 'service' or "apikey"."created_by" is not null)
);--> statement-breakpoint
CREATE TABLE "apikey_usage" (
	"apikey_id" text NOT NULL,
	"day" date NOT NULL,
	"organization_id" text,
	"count" bigint NOT NULL,
	CONSTRAINT "apikey_usage_apikey_id_day_pk" PRIMARY KEY("apikey_id","day"),
	CONSTRAINT "apikey_usage_apikey_id_length" CHECK (length("apikey_usage"."apikey_id") <= 255),
	CONSTRAINT "apikey_usage_organization_id_length" CHECK (length("apikey_usage"."organization_id") <= 255)
);--> statement-breakpoint
CREATE TABLE "audit_event" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" text,
	"actor_type" "audit_actor_type" NOT NULL,
	"actor_id" text,
	"impersonator_id" text,
	"action" text NOT NULL,
	"entity_type" text NOT NULL,
	"entity_id" text NOT NULL,
	"changes" jsonb NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"request_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "audit_event_organization_id_length" CHECK (length("audit_event"."organization_id") <= 255),
	CONSTRAINT "audit_event_actor_id_length" CHECK (length("audit_event"."actor_id") <= 255),
	CONSTRAINT "audit_event_impersonator_id_length" CHECK (length("audit_event"."impersonator_id") <= 255),
	CONSTRAINT "audit_event_action_length" CHECK (length("audit_event"."action") <= 255),
	CONSTRAINT "audit_event_entity_type_length" CHECK (length("audit_event"."entity_type") <= 255),
	CONSTRAINT "audit_event_entity_id_length" CHECK (length("audit_event"."entity_id") <= 255),
	CONSTRAINT "audit_event_changes_length" CHECK (length("audit_event"."changes"::text) <= 2097152),
	CONSTRAINT "audit_event_ip_address_length" CHECK (length("audit_event"."ip_address") <= 255),
	CONSTRAINT "audit_event_user_agent_length" CHECK (length("audit_event"."user_agent") <= 16384),
	CONSTRAINT "audit_event_request_id_length" CHECK (length("audit_event"."request_id") <= 255)
);--> statement-breakpoint
CREATE TABLE "entitlement" (
	"organization_id" text NOT NULL,
	"module" text NOT NULL,
	"granted_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "entitlement_organization_id_module_pk" PRIMARY KEY("organization_id","module"),
	CONSTRAINT "entitlement_organization_id_length" CHECK (length("entitlement"."organization_id") <= 255),
	CONSTRAINT "entitlement_module_length" CHECK (length("entitlement"."module") <= 255),
	CONSTRAINT "entitlement_granted_by_length" CHECK (length("entitlement"."granted_by") <= 255)
);--> statement-breakpoint
CREATE TABLE "heartbeat" (
	"only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"sender" uuid NOT NULL,
	"number" bigint NOT NULL,
	"sent_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "heartbeat_only" CHECK ("heartbeat"."only")
);--> statement-breakpoint
CREATE TABLE "invitation" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"email" text NOT NULL,
	"role" text,
	"status" text DEFAULT 'pending' NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"inviter_id" text NOT NULL,
	CONSTRAINT "invitation_id_length" CHECK (length("invitation"."id") <= 255),
	CONSTRAINT "invitation_organization_id_length" CHECK (length("invitation"."organization_id") <= 255),
	CONSTRAINT "invitation_email_length" CHECK (length("invitation"."email") <= 320),
	CONSTRAINT "invitation_role_length" CHECK (length("invitation"."role") <= 2048),
	CONSTRAINT "invitation_status_length" CHECK (length("invitation"."status") <= 255),
	CONSTRAINT "invitation_inviter_id_length" CHECK (length("invitation"."inviter_id") <= 255)
);--> statement-breakpoint
CREATE TABLE "jwks" (
	"id" text PRIMARY KEY NOT NULL,
	"public_key" text NOT NULL,
	"private_key" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"expires_at" timestamp (3) with time zone,
	"alg" text,
	"crv" text,
	CONSTRAINT "jwks_id_length" CHECK (length("jwks"."id") <= 255),
	CONSTRAINT "jwks_public_key_length" CHECK (length("jwks"."public_key") <= 8192),
	CONSTRAINT "jwks_private_key_length" CHECK (length("jwks"."private_key") <= 16384),
	CONSTRAINT "jwks_alg_length" CHECK (length("jwks"."alg") <= 255),
	CONSTRAINT "jwks_crv_length" CHECK (length("jwks"."crv") <= 255)
);--> statement-breakpoint
CREATE TABLE "member" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text DEFAULT 'member' NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"last_active_at" timestamp (3) with time zone,
	CONSTRAINT "member_organization_user_unique" UNIQUE("organization_id","user_id"),
	CONSTRAINT "member_id_length" CHECK (length("member"."id") <= 255),
	CONSTRAINT "member_organization_id_length" CHECK (length("member"."organization_id") <= 255),
	CONSTRAINT "member_user_id_length" CHECK (length("member"."user_id") <= 255),
	CONSTRAINT "member_role_length" CHECK (length("member"."role") <= 2048)
);--> statement-breakpoint
CREATE TABLE "menu_item" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" text,
	"space" text GENERATED ALWAYS AS (coalesce("organization_id", '')) STORED NOT NULL,
	"parent_id" uuid,
	"position" bigint DEFAULT 0 NOT NULL,
	"label" text NOT NULL,
	"icon" text,
	"view_space" text,
	"view_id" uuid,
	"url" text,
	"entry_point" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "menu_item_space_id_unique" UNIQUE("space","id"),
	CONSTRAINT "menu_item_organization_id_length" CHECK (length("menu_item"."organization_id") <= 255),
	CONSTRAINT "menu_item_label_length" CHECK (length("menu_item"."label") <= 255),
	CONSTRAINT "menu_item_icon_length" CHECK (length("menu_item"."icon") <= 255),
	CONSTRAINT "menu_item_view_space_length" CHECK (length("menu_item"."view_space") <= 255),
	CONSTRAINT "menu_item_url_length" CHECK (length("menu_item"."url") <= 2048),
	CONSTRAINT "menu_item_view_reachable" CHECK ("menu_item"."view_space" in ('', "menu_item"."space")),
	CONSTRAINT "menu_item_view_whole" CHECK (num_nulls("menu_item"."view_space", "menu_item"."view_id") in (0, 2)),
	CONSTRAINT "menu_item_one_target" CHECK (num_nonnulls("menu_item"."view_id", "menu_item"."url") <= 1)
);--> statement-breakpoint
CREATE TABLE "organization" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"slug" text NOT NULL,
	"logo" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"metadata" text,
	"default_role" text DEFAULT 'member' NOT NULL,
	CONSTRAINT "organization_slug_unique" UNIQUE("slug"),
	CONSTRAINT "organization_id_length" CHECK (length("organization"."id") <= 255),
	CONSTRAINT "organization_name_length" CHECK (length("organization"."name") <= 255),
	CONSTRAINT "organization_slug_length" CHECK (length("organization"."slug") <= 255),
	CONSTRAINT "organization_logo_length" CHECK (length("organization"."logo") <= 2048),
	CONSTRAINT "organization_metadata_length" CHECK (length("organization"."metadata") <= 65536),
	CONSTRAINT "organization_default_role_length" CHECK (length("organization"."default_role") <= 255),
	CONSTRAINT "organization_logo_link" CHECK ("organization"."logo" ~* '^https?://'),
	CONSTRAINT "organization_slug_format" CHECK ("organization"."slug" ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length("organization"."slug") <= 48 and "organization"."slug" <> 'current' and "organization"."slug" !~ '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$')
);--> statement-breakpoint
CREATE TABLE "organization_role" (
	"id" text PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"role" text NOT NULL,
	"permission" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone,
	"description" text,
	"rules" jsonb DEFAULT '{}'::jsonb NOT NULL,
	CONSTRAINT "organization_role_name_unique" UNIQUE("organization_id","role"),
	CONSTRAINT "organization_role_id_length" CHECK (length("organization_role"."id") <= 255),
	CONSTRAINT "organization_role_organization_id_length" CHECK (length("organization_role"."organization_id") <= 255),
	CONSTRAINT "organization_role_role_length" CHECK (length("organization_role"."role") <= 255),
	CONSTRAINT "organization_role_permission_length" CHECK (length("organization_role"."permission") <= 131072),
	CONSTRAINT "organization_role_description_length" CHECK (length("organization_role"."description") <= 400),
	CONSTRAINT "organization_role_rules_length" CHECK (length("organization_role"."rules"::text) <= 131072),
	CONSTRAINT "organization_role_name" CHECK ("organization_role"."role" ~ '^[a-z0-9]+([_-][a-z0-9]+)*$' and length("organization_role"."role") <= 60 and "organization_role"."role" not in ('owner', 'admin', 'member', 'viewer', 'me')),
	CONSTRAINT "organization_role_permission" CHECK (jsonb_typeof("organization_role"."permission"::jsonb) = 'object')
);--> statement-breakpoint
CREATE TABLE "organization_setting" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"settings" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "organization_setting_organization_id_length" CHECK (length("organization_setting"."organization_id") <= 255),
	CONSTRAINT "organization_setting_settings_length" CHECK (length("organization_setting"."settings"::text) <= 131072)
);--> statement-breakpoint
CREATE TABLE "project" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"name" text NOT NULL,
	"name_key" text GENERATED ALWAYS AS (lower("name")) STORED NOT NULL,
	"description" text,
	"owner_id" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	"deleted_by" text,
	CONSTRAINT "project_organization_id_unique" UNIQUE("organization_id","id"),
	CONSTRAINT "project_organization_id_length" CHECK (length("project"."organization_id") <= 255),
	CONSTRAINT "project_name_length" CHECK (length("project"."name") <= 255),
	CONSTRAINT "project_description_length" CHECK (length("project"."description") <= 4000),
	CONSTRAINT "project_owner_id_length" CHECK (length("project"."owner_id") <= 255),
	CONSTRAINT "project_deleted_by_length" CHECK (length("project"."deleted_by") <= 255)
);--> statement-breakpoint
CREATE TABLE "rate_limit" (
	"key" text PRIMARY KEY NOT NULL,
	"used" bigint NOT NULL,
	"ends_at" bigint NOT NULL,
	CONSTRAINT "rate_limit_key_length" CHECK (length("rate_limit"."key") <= 2048)
);--> statement-breakpoint
CREATE TABLE "session" (
	"id" text PRIMARY KEY NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"token" text NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"ip_address" text,
	"user_agent" text,
	"user_id" text NOT NULL,
	"active_organization_id" text,
	"impersonated_by" text,
	CONSTRAINT "session_token_unique" UNIQUE("token"),
	CONSTRAINT "session_id_length" CHECK (length("session"."id") <= 255),
	CONSTRAINT "session_token_length" CHECK (length("session"."token") <= 255),
	CONSTRAINT "session_ip_address_length" CHECK (length("session"."ip_address") <= 255),
	CONSTRAINT "session_user_agent_length" CHECK (length("session"."user_agent") <= 16384),
	CONSTRAINT "session_user_id_length" CHECK (length("session"."user_id") <= 255),
	CONSTRAINT "session_active_organization_id_length" CHECK (length("session"."active_organization_id") <= 255),
	CONSTRAINT "session_impersonated_by_length" CHECK (length("session"."impersonated_by") <= 255)
);--> statement-breakpoint
CREATE TABLE "subscription" (
	"organization_id" text PRIMARY KEY NOT NULL,
	"plan" text NOT NULL,
	"status" "subscription_status" NOT NULL,
	"trial_ends_at" timestamp (3) with time zone,
	"current_period_start" timestamp (3) with time zone NOT NULL,
	"current_period_end" timestamp (3) with time zone NOT NULL,
	"cancel_at_period_end" boolean DEFAULT false NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "subscription_organization_id_length" CHECK (length("subscription"."organization_id") <= 255),
	CONSTRAINT "subscription_plan_length" CHECK (length("subscription"."plan") <= 255)
);--> statement-breakpoint
CREATE TABLE "task" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"project_id" uuid NOT NULL,
	"title" text NOT NULL,
	"description" text,
	"status" "task_status" DEFAULT 'todo' NOT NULL,
	"assignee_id" text,
	"created_by" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"deleted_at" timestamp (3) with time zone,
	"deleted_by" text,
	CONSTRAINT "task_organization_id_unique" UNIQUE("organization_id","id"),
	CONSTRAINT "task_organization_id_length" CHECK (length("task"."organization_id") <= 255),
	CONSTRAINT "task_title_length" CHECK (length("task"."title") <= 255),
	CONSTRAINT "task_description_length" CHECK (length("task"."description") <= 4000),
	CONSTRAINT "task_assignee_id_length" CHECK (length("task"."assignee_id") <= 255),
	CONSTRAINT "task_created_by_length" CHECK (length("task"."created_by") <= 255),
	CONSTRAINT "task_deleted_by_length" CHECK (length("task"."deleted_by") <= 255)
);--> statement-breakpoint
CREATE TABLE "trail" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" text NOT NULL,
	"user_id" text NOT NULL,
	"session_id" text NOT NULL,
	"view_space" text,
	"view_id" uuid,
	"url" text NOT NULL,
	"label" text,
	"at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "trail_organization_id_length" CHECK (length("trail"."organization_id") <= 255),
	CONSTRAINT "trail_user_id_length" CHECK (length("trail"."user_id") <= 255),
	CONSTRAINT "trail_session_id_length" CHECK (length("trail"."session_id") <= 255),
	CONSTRAINT "trail_view_space_length" CHECK (length("trail"."view_space") <= 255),
	CONSTRAINT "trail_url_length" CHECK (length("trail"."url") <= 2048),
	CONSTRAINT "trail_label_length" CHECK (length("trail"."label") <= 255),
	CONSTRAINT "trail_view_reachable" CHECK ("trail"."view_space" in ('', "trail"."organization_id")),
	CONSTRAINT "trail_view_whole" CHECK (num_nulls("trail"."view_space", "trail"."view_id") in (0, 2))
);--> statement-breakpoint
CREATE TABLE "user" (
	"id" text PRIMARY KEY NOT NULL,
	"name" text NOT NULL,
	"email" text NOT NULL,
	"email_verified" boolean DEFAULT false NOT NULL,
	"image" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	"role" text,
	"banned" boolean DEFAULT false,
	"ban_reason" text,
	"ban_expires" timestamp (3) with time zone,
	CONSTRAINT "user_id_length" CHECK (length("user"."id") <= 255),
	CONSTRAINT "user_name_length" CHECK (length("user"."name") <= 255),
	CONSTRAINT "user_email_length" CHECK (length("user"."email") <= 320),
	CONSTRAINT "user_image_length" CHECK (length("user"."image") <= 2048),
	CONSTRAINT "user_role_length" CHECK (length("user"."role") <= 255),
	CONSTRAINT "user_ban_reason_length" CHECK (length("user"."ban_reason") <= 2000),
	CONSTRAINT "user_image_link" CHECK ("user"."image" ~* '^https?://')
);--> statement-breakpoint
CREATE TABLE "user_profile" (
	"user_id" text PRIMARY KEY NOT NULL,
	"bio" text,
	"avatar" text,
	"preferences" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "user_profile_user_id_length" CHECK (length("user_profile"."user_id") <= 255),
	CONSTRAINT "user_profile_bio_length" CHECK (length("user_profile"."bio") <= 2000),
	CONSTRAINT "user_profile_avatar_length" CHECK (length("user_profile"."avatar") <= 2048),
	CONSTRAINT "user_profile_preferences_length" CHECK (length("user_profile"."preferences"::text) <= 4096),
	CONSTRAINT "user_profile_avatar_link" CHECK ("user_profile"."avatar" ~* '^https?://')
);--> statement-breakpoint
CREATE TABLE "verification" (
	"id" text PRIMARY KEY NOT NULL,
	"identifier" text NOT NULL,
	"value" text NOT NULL,
	"expires_at" timestamp (3) with time zone NOT NULL,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "verification_id_length" CHECK (length("verification"."id") <= 255),
	CONSTRAINT "verification_identifier_length" CHECK (length("verification"."identifier") <= 1024),
	CONSTRAINT "verification_value_length" CHECK (length("verification"."value") <= 16384)
);--> statement-breakpoint
CREATE TABLE "view" (
	"id" uuid PRIMARY KEY NOT NULL,
	"organization_id" text,
	"space" text GENERATED ALWAYS AS (coalesce("organization_id", '')) STORED NOT NULL,
	"key" text NOT NULL,
	"name" text NOT NULL,
	"category" text,
	"url" text NOT NULL,
	"icon" text,
	"permission" text,
	"created_at" timestamp (3) with time zone NOT NULL,
	"updated_at" timestamp (3) with time zone NOT NULL,
	CONSTRAINT "view_space_id_unique" UNIQUE("space","id"),
	CONSTRAINT "view_key_unique" UNIQUE("space","key"),
	CONSTRAINT "view_organization_id_length" CHECK (length("view"."organization_id") <= 255),
	CONSTRAINT "view_key_length" CHECK (length("view"."key") <= 255),
	CONSTRAINT "view_name_length" CHECK (length("view"."name") <= 255),
	CONSTRAINT "view_category_length" CHECK (length("view"."category") <= 255),
	CONSTRAINT "view_url_length" CHECK (length("view"."url") <= 2048),
	CONSTRAINT "view_icon_length" CHECK (length("view"."icon") <= 255),
	CONSTRAINT "view_permission_length" CHECK (length("view"."permission") <= 255)
);--> statement-breakpoint
ALTER TABLE "account" ADD CONSTRAINT "account_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "apikey" ADD CONSTRAINT "apikey_created_by_user_id_fk" FOREIGN KEY ("created_by") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "apikey" ADD CONSTRAINT "apikey_previous_created_by_user_id_fk" FOREIGN KEY ("previous_created_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "apikey" ADD CONSTRAINT "apikey_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "apikey_usage" ADD CONSTRAINT "apikey_usage_apikey_id_apikey_id_fk" FOREIGN KEY ("apikey_id") REFERENCES "public"."apikey"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlement" ADD CONSTRAINT "entitlement_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "entitlement" ADD CONSTRAINT "entitlement_granted_by_user_id_fk" FOREIGN KEY ("granted_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "invitation" ADD CONSTRAINT "invitation_inviter_id_user_id_fk" FOREIGN KEY ("inviter_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member" ADD CONSTRAINT "member_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "member" ADD CONSTRAINT "member_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "menu_item" ADD CONSTRAINT "menu_item_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "menu_item" ADD CONSTRAINT "menu_item_parent_fk" FOREIGN KEY ("space","parent_id") REFERENCES "public"."menu_item"("space","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "menu_item" ADD CONSTRAINT "menu_item_view_fk" FOREIGN KEY ("view_space","view_id") REFERENCES "public"."view"("space","id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organization_role" ADD CONSTRAINT "organization_role_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "organization_setting" ADD CONSTRAINT "organization_setting_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project" ADD CONSTRAINT "project_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project" ADD CONSTRAINT "project_owner_fk" FOREIGN KEY ("owner_id") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "project" ADD CONSTRAINT "project_deleted_by_fk" FOREIGN KEY ("deleted_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "session" ADD CONSTRAINT "session_active_organization_id_organization_id_fk" FOREIGN KEY ("active_organization_id") REFERENCES "public"."organization"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task" ADD CONSTRAINT "task_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task" ADD CONSTRAINT "task_project_fk" FOREIGN KEY ("organization_id","project_id") REFERENCES "public"."project"("organization_id","id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task" ADD CONSTRAINT "task_created_by_fk" FOREIGN KEY ("created_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "task" ADD CONSTRAINT "task_deleted_by_fk" FOREIGN KEY ("deleted_by") REFERENCES "public"."user"("id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trail" ADD CONSTRAINT "trail_member_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."member"("organization_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trail" ADD CONSTRAINT "trail_view_fk" FOREIGN KEY ("view_space","view_id") REFERENCES "public"."view"("space","id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_profile" ADD CONSTRAINT "user_profile_user_id_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "view" ADD CONSTRAINT "view_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "account_user_id_idx" ON "account" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "apikey_organization_created_idx" ON "apikey" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "apikey_reference_id_idx" ON "apikey" USING btree ("reference_id");--> statement-breakpoint
CREATE INDEX "apikey_config_id_idx" ON "apikey" USING btree ("config_id");--> statement-breakpoint
CREATE INDEX "apikey_created_by_idx" ON "apikey" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "apikey_previous_created_by_idx" ON "apikey" USING btree ("previous_created_by");--> statement-breakpoint
CREATE INDEX "apikey_expires_at_idx" ON "apikey" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "apikey_usage_organization_day_idx" ON "apikey_usage" USING btree ("organization_id","day");--> statement-breakpoint
CREATE INDEX "audit_event_organization_created_idx" ON "audit_event" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "audit_event_entity_idx" ON "audit_event" USING btree ("organization_id","entity_type","entity_id","created_at","id");--> statement-breakpoint
CREATE INDEX "audit_event_actor_idx" ON "audit_event" USING btree ("organization_id","actor_id","created_at","id");--> statement-breakpoint
CREATE INDEX "audit_event_platform_idx" ON "audit_event" USING btree ("created_at","id") WHERE "audit_event"."organization_id" is null;--> statement-breakpoint
CREATE INDEX "entitlement_granted_by_idx" ON "entitlement" USING btree ("granted_by");--> statement-breakpoint
CREATE INDEX "invitation_organization_created_idx" ON "invitation" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "invitation_email_created_idx" ON "invitation" USING btree ("email","created_at","id");--> statement-breakpoint
CREATE INDEX "invitation_inviter_id_idx" ON "invitation" USING btree ("inviter_id");--> statement-breakpoint
CREATE INDEX "invitation_expires_at_idx" ON "invitation" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "member_user_id_idx" ON "member" USING btree ("user_id","organization_id");--> statement-breakpoint
CREATE INDEX "member_organization_created_idx" ON "member" USING btree ("organization_id","created_at","id");--> statement-breakpoint
CREATE INDEX "member_last_active_idx" ON "member" USING btree ("user_id","last_active_at") WHERE "member"."last_active_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "menu_item_entry_point_unique" ON "menu_item" USING btree ("space") WHERE "menu_item"."entry_point";--> statement-breakpoint
CREATE INDEX "menu_item_organization_id_idx" ON "menu_item" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "menu_item_parent_idx" ON "menu_item" USING btree ("space","parent_id");--> statement-breakpoint
CREATE INDEX "menu_item_view_idx" ON "menu_item" USING btree ("view_space","view_id");--> statement-breakpoint
CREATE INDEX "project_live_created_idx" ON "project" USING btree ("organization_id","created_at","id") WHERE "project"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "project_trash_idx" ON "project" USING btree ("organization_id","deleted_at","id") WHERE "project"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX "project_owner_id_idx" ON "project" USING btree ("owner_id");--> statement-breakpoint
CREATE INDEX "project_deleted_by_idx" ON "project" USING btree ("deleted_by");--> statement-breakpoint
CREATE UNIQUE INDEX "project_live_name_unique" ON "project" USING btree ("organization_id","name_key") WHERE "project"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "project_live_name_idx" ON "project" USING btree ("organization_id","name_key","id") WHERE "project"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "rate_limit_ends_at_idx" ON "rate_limit" USING btree ("ends_at");--> statement-breakpoint
CREATE INDEX "session_user_id_idx" ON "session" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "session_active_organization_id_idx" ON "session" USING btree ("active_organization_id");--> statement-breakpoint
CREATE INDEX "session_expires_at_idx" ON "session" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "session_impersonated_by_idx" ON "session" USING btree ("impersonated_by") WHERE "session"."impersonated_by" is not null;--> statement-breakpoint
CREATE INDEX "subscription_current_period_end_idx" ON "subscription" USING btree ("current_period_end");--> statement-breakpoint
CREATE INDEX "task_live_created_idx" ON "task" USING btree ("organization_id","project_id","created_at","id") WHERE "task"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "task_trash_idx" ON "task" USING btree ("organization_id","deleted_at","id") WHERE "task"."deleted_at" is not null;--> statement-breakpoint
CREATE INDEX "task_project_idx" ON "task" USING btree ("organization_id","project_id");--> statement-breakpoint
CREATE INDEX "task_created_by_idx" ON "task" USING btree ("created_by");--> statement-breakpoint
CREATE INDEX "task_deleted_by_idx" ON "task" USING btree ("deleted_by");--> statement-breakpoint
CREATE INDEX "task_assignee_idx" ON "task" USING btree ("organization_id","assignee_id");--> statement-breakpoint
CREATE INDEX "trail_member_idx" ON "trail" USING btree ("organization_id","user_id","at","id");--> statement-breakpoint
CREATE INDEX "trail_at_idx" ON "trail" USING btree ("at");--> statement-breakpoint
CREATE INDEX "trail_view_idx" ON "trail" USING btree ("view_space","view_id");--> statement-breakpoint
CREATE UNIQUE INDEX "user_email_unique" ON "user" USING btree (lower("email"));--> statement-breakpoint
CREATE UNIQUE INDEX "user_email_exact" ON "user" USING btree ("email");--> statement-breakpoint
CREATE INDEX "verification_identifier_idx" ON "verification" USING btree ("identifier");--> statement-breakpoint
CREATE INDEX "verification_reset_idx" ON "verification" USING btree ("value") WHERE "verification"."identifier" like 'reset-password:%';--> statement-breakpoint
CREATE INDEX "verification_expires_at_idx" ON "verification" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "view_organization_id_idx" ON "view" USING btree ("organization_id");--> statement-breakpoint

-- By hand, since drizzle can't say it. Counts may be lost in a crash: they then begin again.
ALTER TABLE "rate_limit" SET UNLOGGED;--> statement-breakpoint
-- A standby doesn't have it, so that a promoted one holds no beat of the old primary.
ALTER TABLE "heartbeat" SET UNLOGGED;--> statement-breakpoint
-- A task's assignee is a member of its organization or nobody: leaving clears the assignment only.
ALTER TABLE "task" ADD CONSTRAINT "task_assignee_fk" FOREIGN KEY ("organization_id", "assignee_id")
  REFERENCES "member" ("organization_id", "user_id") ON DELETE SET NULL ("assignee_id");
