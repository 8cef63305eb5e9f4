import type { Clock } from "../core/clock.ts";
import type { Count, Counting, Rule } from "./limiter.ts";

type Counter = { used: number; until: number };

/**
 * Counts in this process's memory. The library's own memory keeps every key, with a timer each, until its time has
 * come; here a flood of keys makes it forget those that were counted longest ago, and never grow.
 *
 * @param max keys that are remembered at most.
 */
export function countInMemory(clock: Clock, max: number): Counting & { size(): number } {
  // Two generations: the older one is forgotten at once, since taking single keys off a Map's front gets slow.
  let young = new Map<string, Counter>();
  let old = new Map<string, Counter>();
  const name = (rule: Rule, key: string) => `${rule.name}:${key}`;
  const live = (id: string): Counter | undefined => {
    const counter = young.get(id) ?? old.get(id);
    return counter !== undefined && counter.until > clock().getTime() ? counter : undefined;
  };
  const keep = (id: string, counter: Counter): void => {
    if (!young.has(id) && young.size >= max / 2) [old, young] = [young, new Map()];
    young.set(id, counter);
  };
  const begun = ({ seconds }: Rule, used: number): Counter => ({ used, until: clock().getTime() + seconds * 1000 });

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
      const counter = live(name(rule, key));
      if (counter) counter.used--;
      return Promise.resolve();
    },
    forget(rule, key) {
      const id = name(rule, key);
      young.delete(id);
      old.delete(id);
      return Promise.resolve();
    },
    remember(rule, key) {
      keep(name(rule, key), begun(rule, 1));
      return Promise.resolve();
    },
    remembers: (rule, key) => Promise.resolve(live(name(rule, key)) !== undefined),
    size: () => young.size + old.size,
  };
}
