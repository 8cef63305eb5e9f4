import { describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { settings } from "../../src/config/index.ts";
import { inSandbox } from "../harness/app.ts";

const deploy = join(import.meta.dir, "../../deploy");
const read = (name: string) => Bun.file(join(deploy, name)).text();
const known = new Set(Object.keys(settings.shape));
const strange = (names: Iterable<string>) => [...names].filter((name) => !known.has(name));

type Container = {
  env: { name: string }[];
  securityContext: object;
  readinessProbe: Probe;
  livenessProbe: Probe;
  startupProbe: Probe;
};
type Probe = { httpGet: { path: string } };
type Manifest = { kind: string; spec: { template: { spec: { containers: Container[]; securityContext: object } } } };

describe("the image", () => {
  test("runs the executable as nobody in particular, and asks it how it is", async () => {
    const lines = (await read("Dockerfile")).replaceAll("\\\n", " ").split("\n");
    const said = (word: string) =>
      lines.filter((line) => line.startsWith(`${word} `)).map((line) => line.slice(word.length + 1));
    expect(said("USER")).toEqual(["65532:65532"]);
    expect(said("ENTRYPOINT")).toEqual(['["gatehouse"]']);
    expect(said("HEALTHCHECK").join()).toEndWith('CMD ["gatehouse", "probe"]');
    const set = said("ENV").flatMap((line) => line.split(" ").map((pair) => pair.split("=")[0] ?? ""));
    expect(strange(set)).toEqual([]);
    // Nothing is copied into the image that runs but what was built.
    expect(said("COPY").at(-1)).toBe("--from=build /gatehouse /usr/local/bin/gatehouse");
    for (const line of lines)
      expect(line).toMatch(/^$|^#|^(FROM|WORKDIR|COPY|RUN|ENV|VOLUME|USER|EXPOSE|STOPSIGNAL|HEALTHCHECK|ENTRYPOINT) /);
  });

  test("is built by the steps that the project has: the lock file, and the build", async () => {
    const run = (await read("Dockerfile")).split("\n").filter((line) => line.startsWith("RUN bun "));
    expect(run).toEqual(["RUN bun install --frozen-lockfile", "RUN bun deploy/build.ts --outfile /gatehouse"]);
    const { engines } = (await import("../../package.json")).default;
    expect(await read("Dockerfile")).toContain(`FROM oven/bun:${engines.bun.replace(">=", "")} AS build`);
  });
});

test("what starts containers names settings that there are, and writes nowhere but where it must", async () => {
  const compose = Bun.YAML.parse(await read("compose.yaml")) as {
    services: { gatehouse: { environment: object; read_only: boolean; cap_drop: string[] } };
  };
  const { environment, read_only, cap_drop } = compose.services.gatehouse;
  expect(strange(Object.keys(environment))).toEqual([]);
  expect([read_only, cap_drop]).toEqual([true, ["ALL"]]);
});

test("the Kubernetes manifest names settings and probes that there are, and runs as nobody in particular", () =>
  inSandbox(async ({ anonymous }) => {
    const manifests = Bun.YAML.parse(await read("kubernetes.yaml")) as Manifest[];
    const { spec } = manifests.find(({ kind }) => kind === "Deployment")!.spec.template;
    expect(spec.securityContext).toMatchObject({ runAsNonRoot: true });
    for (const { env, securityContext, readinessProbe, livenessProbe, startupProbe } of spec.containers) {
      expect(strange(env.map(({ name }) => name))).toEqual([]);
      expect(securityContext).toMatchObject({ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false });
      for (const { httpGet } of [readinessProbe, livenessProbe, startupProbe])
        expect([httpGet.path, (await anonymous.get(httpGet.path)).status]).toEqual([httpGet.path, 200]);
    }
  }));

type Middleware = {
  headers?: { customRequestHeaders: Record<string, string> };
  forwardAuth?: { address: string; trustForwardHeader: boolean; authResponseHeaders: string[] };
};
type Traefik = {
  http: {
    routers: Record<string, { rule: string; middlewares: string[]; service: string }>;
    middlewares: Record<string, Middleware>;
    services: object;
  };
};

test("Traefik asks before every request what the service answers, by rules that no spelling of a path escapes", () =>
  inSandbox(async (service) => {
    const { routers, middlewares, services } = (Bun.YAML.parse(await read("traefik.yml")) as Traefik).http;
    const matchers = Object.entries(routers).map(([name, { rule }]) => {
      const [, matcher = "", value = ""] = /^(\w+)\(`(.*)`\)$/.exec(rule) ?? [];
      // Go's flag inside the pattern; the rest means the same here.
      const form = matcher === "PathPrefix" ? `^${RegExp.escape(value)}` : value.replace("(?i)", "");
      return { name, rule, form: new RegExp(form, value.startsWith("(?i)") ? "i" : "") };
    });
    // The longest rule that matches is taken.
    matchers.sort((a, b) => b.rule.length - a.rule.length);
    const routeOf = (path: string) => matchers.find(({ form }) => form.test(path))?.name;
    for (const path of ["/admin", "/admin/", "/ADMIN/x", "/admin;a/x", "//admin/x", "/Admin;"])
      expect([path, routeOf(path)]).toEqual([path, "administration"]);
    for (const path of ["/", "/x/admin", "/administrators", "/a"])
      expect([path, routeOf(path)]).toEqual([path, "application"]);

    const owner = await service.as("owner");
    const sent = [...(await owner.get("/v1/verify")).headers.keys()].filter((name) => name.startsWith("x-auth-"));
    for (const {
      middlewares: [first = "", second = "", ...more],
      service: to,
    } of Object.values(routers)) {
      expect([more, Object.keys(services)]).toEqual([[], [to]]);
      const claimed = middlewares[first]?.headers?.customRequestHeaders ?? {};
      const { address, trustForwardHeader, authResponseHeaders } = middlewares[second]!.forwardAuth!;
      const names = authResponseHeaders.map((name) => name.toLowerCase()).toSorted();
      expect(names).toEqual(sent.toSorted());
      // An empty value takes the header away.
      expect(claimed).toEqual(Object.fromEntries(authResponseHeaders.map((name) => [name.replaceAll("-", "_"), ""])));
      const { pathname, search } = new URL(address);
      expect([pathname, trustForwardHeader]).toEqual(["/v1/verify", false]);
      const statuses = [owner, service.anonymous].map(async ({ get }) => (await get(pathname + search)).status);
      expect(await Promise.all(statuses)).toEqual([200, 401]);
    }
  }));

const analyze = Bun.which("systemd-analyze");
if (analyze === null) console.warn("skipped: the systemd unit, since systemd-analyze isn't installed");

describe.skipIf(analyze === null)("the systemd unit", () => {
  test("is one that systemd takes without a word, and that is held tight", async () => {
    const folder = await mkdtemp(join(tmpdir(), "gatehouse-unit-"));
    try {
      // What it starts must be there for systemd to be content.
      const unit = (await read("gatehouse.service")).replace("/usr/local/bin/gatehouse", process.execPath);
      const path = join(folder, "gatehouse.service");
      await Bun.write(path, unit);
      const verified = Bun.spawnSync([analyze ?? "", "verify", path], { stderr: "pipe" });
      const said = verified.stderr
        .toString()
        .split("\n")
        .filter((line) => line.includes("gatehouse"));
      expect([verified.exitCode, said]).toEqual([0, []]);
      const security = Bun.spawnSync([analyze ?? "", "security", "--offline=yes", path], { stdout: "pipe" });
      const exposure = /exposure level for gatehouse\.service: ([\d.]+)/.exec(security.stdout.toString())?.[1];
      expect(Number(exposure)).toBeLessThan(2);
      const set = [...unit.matchAll(/^Environment=(.*)$/gm)].flatMap(([, pairs = ""]) => pairs.split(" "));
      expect(strange(set.map((pair) => pair.split("=")[0] ?? ""))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

test("the dashboard and the alerts ask for figures that there are, by labels that they have", async () => {
  const figures = new Map<string, string[]>();
  await inSandbox(
    async (service) => {
      await service.anonymous.get("/v1/me");
      const who = await service.signUp();
      await who.get("/v1/verify");
      const { text } = await service.anonymous.get("/metrics", { authorization: `Bearer ${token}` });
      for (const [, name = "", labels = ""] of text.matchAll(/^(\w+)(?:\{(.*)\})? /gm))
        figures.set(
          name,
          [...labels.matchAll(/(\w+)="/g)].map(([, label = ""]) => label),
        );
    },
    { env: { METRICS_TOKEN: token } },
  );
  const rules = Bun.YAML.parse(await read("alerts.yaml")) as { groups: { rules: { expr: string }[] }[] };
  const board = JSON.parse(await read("grafana.json")) as { panels: { targets: { expr: string }[] }[] };
  const asked = [
    ...rules.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ...board.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
  ];
  expect(asked.length).toBeGreaterThan(12);
  for (const expr of asked)
    for (const [, name = "", , given = ""] of expr.matchAll(/\b(gatehouse_\w+)(\{([^}]*)\})?/g)) {
      expect([...figures.keys()]).toContain(name);
      for (const [, label = ""] of given.matchAll(/(\w+)(?:=~?|!=)"/g)) expect(figures.get(name)).toContain(label);
    }
});

const token = "a-token-for-metrics-only";
