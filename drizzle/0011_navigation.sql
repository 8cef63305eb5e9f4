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
	CONSTRAINT "menu_item_view_reachable" CHECK ("menu_item"."view_space" in ('', "menu_item"."space")),
	CONSTRAINT "menu_item_view_whole" CHECK (num_nulls("menu_item"."view_space", "menu_item"."view_id") in (0, 2)),
	CONSTRAINT "menu_item_one_target" CHECK (num_nonnulls("menu_item"."view_id", "menu_item"."url") <= 1)
);--> statement-breakpoint
ALTER TABLE "menu_item" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
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
	CONSTRAINT "trail_view_reachable" CHECK ("trail"."view_space" in ('', "trail"."organization_id")),
	CONSTRAINT "trail_view_whole" CHECK (num_nulls("trail"."view_space", "trail"."view_id") in (0, 2))
);--> statement-breakpoint
ALTER TABLE "trail" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
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
	CONSTRAINT "view_key_unique" UNIQUE("space","key")
);--> statement-breakpoint
ALTER TABLE "view" ENABLE ROW LEVEL SECURITY;--> statement-breakpoint
ALTER TABLE "menu_item" ADD CONSTRAINT "menu_item_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "menu_item" ADD CONSTRAINT "menu_item_parent_fk" FOREIGN KEY ("space","parent_id") REFERENCES "public"."menu_item"("space","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "menu_item" ADD CONSTRAINT "menu_item_view_fk" FOREIGN KEY ("view_space","view_id") REFERENCES "public"."view"("space","id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trail" ADD CONSTRAINT "trail_member_fk" FOREIGN KEY ("organization_id","user_id") REFERENCES "public"."member"("organization_id","user_id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "trail" ADD CONSTRAINT "trail_view_fk" FOREIGN KEY ("view_space","view_id") REFERENCES "public"."view"("space","id") ON DELETE set null ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "view" ADD CONSTRAINT "view_organization_id_organization_id_fk" FOREIGN KEY ("organization_id") REFERENCES "public"."organization"("id") ON DELETE cascade ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "menu_item_entry_point_unique" ON "menu_item" USING btree ("space") WHERE "menu_item"."entry_point";--> statement-breakpoint
CREATE INDEX "menu_item_organization_id_idx" ON "menu_item" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "menu_item_parent_idx" ON "menu_item" USING btree ("space","parent_id");--> statement-breakpoint
CREATE INDEX "menu_item_view_idx" ON "menu_item" USING btree ("view_space","view_id");--> statement-breakpoint
CREATE INDEX "trail_member_idx" ON "trail" USING btree ("organization_id","user_id","at","id");--> statement-breakpoint
CREATE INDEX "trail_at_idx" ON "trail" USING btree ("at");--> statement-breakpoint
CREATE INDEX "trail_view_idx" ON "trail" USING btree ("view_space","view_id");--> statement-breakpoint
CREATE INDEX "view_organization_id_idx" ON "view" USING btree ("organization_id");--> statement-breakpoint
CREATE INDEX "audit_event_platform_idx" ON "audit_event" USING btree ("created_at","id") WHERE "audit_event"."organization_id" is null;--> statement-breakpoint
CREATE INDEX "session_impersonated_by_idx" ON "session" USING btree ("impersonated_by") WHERE "session"."impersonated_by" is not null;--> statement-breakpoint
CREATE POLICY "audit_event_platform" ON "audit_event" AS PERMISSIVE FOR SELECT TO "gatehouse_app" USING ("audit_event"."organization_id" is null and (select nullif(current_setting('app.platform_role', true), '')) = 'admin');--> statement-breakpoint
CREATE POLICY "menu_item_organization" ON "menu_item" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("menu_item"."organization_id" = (select nullif(current_setting('app.organization_id', true), ''))) WITH CHECK ("menu_item"."organization_id" = (select nullif(current_setting('app.organization_id', true), '')));--> statement-breakpoint
CREATE POLICY "menu_item_shared" ON "menu_item" AS PERMISSIVE FOR SELECT TO "gatehouse_app" USING ("menu_item"."organization_id" is null and (select nullif(current_setting('app.organization_id', true), '')) is not null);--> statement-breakpoint
CREATE POLICY "menu_item_platform" ON "menu_item" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("menu_item"."organization_id" is null and (select nullif(current_setting('app.platform_role', true), '')) = 'admin') WITH CHECK ("menu_item"."organization_id" is null and (select nullif(current_setting('app.platform_role', true), '')) = 'admin');--> statement-breakpoint
CREATE POLICY "trail_member" ON "trail" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("trail"."organization_id" = (select nullif(current_setting('app.organization_id', true), '')) and "trail"."user_id" = (select nullif(current_setting('app.user_id', true), ''))) WITH CHECK ("trail"."organization_id" = (select nullif(current_setting('app.organization_id', true), '')) and "trail"."user_id" = (select nullif(current_setting('app.user_id', true), '')));--> statement-breakpoint
CREATE POLICY "trail_system" ON "trail" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ((select nullif(current_setting('app.platform_role', true), '')) = 'system') WITH CHECK (false);--> statement-breakpoint
CREATE POLICY "view_organization" ON "view" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("view"."organization_id" = (select nullif(current_setting('app.organization_id', true), ''))) WITH CHECK ("view"."organization_id" = (select nullif(current_setting('app.organization_id', true), '')));--> statement-breakpoint
CREATE POLICY "view_shared" ON "view" AS PERMISSIVE FOR SELECT TO "gatehouse_app" USING ("view"."organization_id" is null and (select nullif(current_setting('app.organization_id', true), '')) is not null);--> statement-breakpoint
CREATE POLICY "view_platform" ON "view" AS PERMISSIVE FOR ALL TO "gatehouse_app" USING ("view"."organization_id" is null and (select nullif(current_setting('app.platform_role', true), '')) = 'admin') WITH CHECK ("view"."organization_id" is null and (select nullif(current_setting('app.platform_role', true), '')) = 'admin');--> statement-breakpoint
ALTER TABLE "menu_item" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "menu_item" TO gatehouse_app;--> statement-breakpoint
ALTER TABLE "trail" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "trail" TO gatehouse_app;--> statement-breakpoint
ALTER TABLE "view" FORCE ROW LEVEL SECURITY;--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON "view" TO gatehouse_app;--> statement-breakpoint
-- The menu stays a tree of ten levels at most. Moves within one space follow one another, so that two which would make
-- a circle together don't miss each other. AFTER: the space is generated, and each sees what the one before has done.
CREATE FUNCTION gatehouse_keep_a_tree() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
  ancestor uuid := NEW.parent_id;
  level int := 1;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('gatehouse menu ' || NEW.space, 0));
  WHILE ancestor IS NOT NULL LOOP
    IF ancestor = NEW.id THEN
      RAISE EXCEPTION 'an item would stand below itself' USING ERRCODE = 'GH007', CONSTRAINT = 'menu_item_no_circle', TABLE = 'menu_item';
    END IF;
    level := level + 1;
    IF level > 10 THEN
      RAISE EXCEPTION 'the menu would be too deep' USING ERRCODE = 'GH007', CONSTRAINT = 'menu_item_depth', TABLE = 'menu_item';
    END IF;
    SELECT parent_id INTO ancestor FROM public.menu_item WHERE space = NEW.space AND id = ancestor;
  END LOOP;
  WITH RECURSIVE below (id, depth) AS (
    SELECT NEW.id, level
    UNION ALL
    SELECT m.id, b.depth + 1 FROM public.menu_item m JOIN below b ON m.space = NEW.space AND m.parent_id = b.id WHERE b.depth <= 10
  ) SELECT max(depth) INTO level FROM below;
  IF level > 10 THEN
    RAISE EXCEPTION 'the menu would be too deep' USING ERRCODE = 'GH007', CONSTRAINT = 'menu_item_depth', TABLE = 'menu_item';
  END IF;
  RETURN NULL;
END $$;--> statement-breakpoint
CREATE TRIGGER menu_item_keep_a_tree AFTER INSERT OR UPDATE OF parent_id ON "menu_item" FOR EACH ROW
  WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION gatehouse_keep_a_tree();--> statement-breakpoint

-- Somebody always administers the platform: of administrators who end each other's office at once, one stays.
CREATE FUNCTION gatehouse_administers("user") RETURNS boolean LANGUAGE sql IMMUTABLE SET search_path = pg_catalog
  RETURN 'admin' = ANY (string_to_array($1.role, ',')) AND NOT coalesce($1.banned, false);--> statement-breakpoint
CREATE FUNCTION gatehouse_keep_an_administrator() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND public.gatehouse_administers(NEW) THEN
    RETURN NEW;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtextextended('gatehouse administrators', 0));
  IF NOT EXISTS (SELECT 1 FROM public."user" u WHERE u.id <> OLD.id AND public.gatehouse_administers(u)) THEN
    RAISE EXCEPTION 'the platform keeps at least one administrator' USING ERRCODE = 'GH006', CONSTRAINT = 'user_keep_an_administrator', TABLE = 'user';
  END IF;
  -- Nobody acts through another's account by an office that has ended.
  DELETE FROM public.session WHERE impersonated_by = OLD.id;
  RETURN COALESCE(NEW, OLD);
END $$;--> statement-breakpoint
CREATE TRIGGER user_keep_an_administrator BEFORE DELETE OR UPDATE OF role, banned ON "user" FOR EACH ROW
  WHEN (gatehouse_administers(OLD)) EXECUTE FUNCTION gatehouse_keep_an_administrator();
