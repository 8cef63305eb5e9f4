-- The menu stays a tree of ten levels at most. Moves within one space follow one another, so that two which would make
-- a circle together don't miss each other. AFTER: the space is generated, and each move sees what the one before did.
create function guard.keep_a_tree() returns trigger language plpgsql set search_path = pg_catalog, public as $$
declare
  ancestor uuid := new.parent_id;
  level int := 1;
begin
  perform pg_advisory_xact_lock(hashtextextended('gatehouse menu ' || new.space, 0));
  while ancestor is not null loop
    if ancestor = new.id then
      raise exception 'an item would stand below itself'
        using errcode = 'GH007', constraint = 'menu_item_no_circle', table = 'menu_item';
    end if;
    level := level + 1;
    if level > 10 then
      raise exception 'the menu would be too deep'
        using errcode = 'GH007', constraint = 'menu_item_depth', table = 'menu_item';
    end if;
    select parent_id into ancestor from public.menu_item where space = new.space and id = ancestor;
  end loop;
  with recursive below (id, depth) as (
    select new.id, level
    union all
    select m.id, b.depth + 1 from public.menu_item m join below b on m.space = new.space and m.parent_id = b.id
    where b.depth <= 10
  ) select max(depth) into level from below;
  if level > 10 then
    raise exception 'the menu would be too deep'
      using errcode = 'GH007', constraint = 'menu_item_depth', table = 'menu_item';
  end if;
  return null;
end $$;
create trigger menu_item_keep_a_tree after insert or update of parent_id on menu_item for each row
  when (new.parent_id is not null) execute function guard.keep_a_tree();
