import type { Clock } from "../core/clock.ts";
import type { Count, Counting, LimitRule } from "../core/rate-limit.ts";

type Counter = { used: number; until: number };

/**
 * Counts in this process's memory. A flood of keys makes it forget those that were counted longest ago; it never grows
 * beyond its bound. `sweep` removes those whose time is over.
 *
 * @param max how many keys are kept at most.
 */
export function countInMemory(clock: Clock, max: number): Counting & { size(): number; sweep(): void } {
  // Two generations: the older one is forgotten at once, since taking single keys off a Map's front gets slow.
  let young = new Map<string, Counter>();
  let old = new Map<string, Counter>();
  const name = (rule: LimitRule, key: string) => `${rule.name}:${key}`;
  const live = (id: string): Counter | undefined => {
    const counter = young.get(id) ?? old.get(id);
    return counter !== undefined && counter.until > clock().getTime() ? counter : undefined;
  };
  const keep = (id: string, counter: Counter): void => {
    if (!young.has(id) && young.size >= max / 2) [old, young] = [young, new Map()];
    young.set(id, counter);
  };
  const drop = (id: string): void => {
    young.delete(id);
    old.delete(id);
  };
  const begun = ({ seconds }: LimitRule, used: number): Counter => ({
    used,
    until: clock().getTime() + seconds * 1000,
  });

  return {
    count(rule, key): Promise<Count> {
      const id = name(rule, key);
      const counter = live(id) ?? begun(rule, 0);
      counter.used++;
      keep(id, counter);
      return Promise.resolve({
        allowed: counter.used <= rule.points,
        used: counter.used,
        limit: rule.points,
        remaining: Math.max(0, rule.points - counter.used),
        resetMs: counter.until - clock().getTime(),
      });
    },
    giveBack(rule, key) {
      const id = name(rule, key);
      const counter = live(id);
      if (counter && --counter.used <= 0) drop(id);
      return Promise.resolve();
    },
    forget(rule, key) {
      drop(name(rule, key));
      return Promise.resolve();
    },
    remember(rule, key) {
      keep(name(rule, key), begun(rule, 1));
      return Promise.resolve();
    },
    remembers: (rule, key) => Promise.resolve(live(name(rule, key)) !== undefined),
    size: () => young.size + old.size,
    sweep() {
      const now = clock().getTime();
      for (const counters of [young, old])
        for (const [id, { until }] of counters) if (until <= now) counters.delete(id);
    },
  };
}
