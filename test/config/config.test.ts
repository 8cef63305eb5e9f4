import { describe, expect, test } from "bun:test";
import { ConfigError, parseConfig, settings } from "../../src/config/index.ts";
import { nearlySetting } from "../../src/config/misspelled.ts";

const faultsOf = (env: Record<string, string>): readonly string[] => {
  try {
    parseConfig(env);
    return [];
  } catch (err) {
    if (err instanceof ConfigError) return err.faults;
    throw err;
  }
};

describe("the settings", () => {
  test("are read by section, each with its default, an empty variable counting as unset", () => {
    const config = parseConfig({ PORT: "8080", DATABASE_URL: "", STATE_DIR: "/var/lib/gatehouse/", RATE_LIMIT: "off" });
    expect(config.server).toMatchObject({ port: 8080, baseUrl: "http://localhost:8080", production: false });
    expect(config.database).toMatchObject({ url: "pglite:/var/lib/gatehouse/data", poolMax: 10 });
    expect(config.limits).toEqual({ redisUrl: undefined, enabled: false, perMinute: 1_000 });
    expect(config.log).toEqual({ level: "info", queries: false });
  });

  test("are refused with every fault at once", () => {
    const faults = faultsOf({ NODE_ENV: "production", PORT: "x", REDIS_URL: "http://r", BASE_URL: "http://a.example" });
    expect(new Set(faults.map((fault) => fault.split(":")[0]))).toEqual(
      new Set(["AUTH_SECRET", "BASE_URL", "DATABASE_URL", "PORT", "REDIS_URL"]),
    );
  });

  test("that are one slip from a setting are named with it, and refuse", () => {
    expect(
      faultsOf({ DATABASE_UR: "postgres://a/b", TRUSTED_ORIGIN: "https://a.example", SMPT_URL: "smtp://m" }),
    ).toEqual([
      "DATABASE_UR: isn't a setting; did you mean DATABASE_URL?",
      "TRUSTED_ORIGIN: isn't a setting; did you mean TRUSTED_ORIGINS?",
      "SMPT_URL: isn't a setting; did you mean SMTP_URL?",
    ]);
    expect(
      faultsOf({ DATABASE_SSL: "1", DATABASE_USER: "u", PORTS: "1", HOSTNAME: "h", TEST_DATABASE_URL: "x" }),
    ).toEqual([]);
  });

  test("are never taken for one another", () => {
    const names = new Set(Object.keys(settings.shape));
    for (const name of names) {
      expect(nearlySetting(name, names)).toBeUndefined();
      // Nor is one a slip away from another, so that no message names the wrong one.
      expect(nearlySetting(name, new Set([...names].filter((other) => other !== name)))).toBeUndefined();
    }
  });
});

describe("the settings of providers", () => {
  const acme = {
    OIDC_ACME_SSO_ISSUER: "https://id.acme.example/",
    OIDC_ACME_SSO_CLIENT_ID: "i",
    OIDC_ACME_SSO_CLIENT_SECRET: "s",
  };

  test("name as many as one likes, with an id and a label that follow from the name", () => {
    const { providers } = parseConfig({ ...acme, GOOGLE_CLIENT_ID: "i", GOOGLE_CLIENT_SECRET: "s" }).signIn;
    expect(providers.map(({ id, label, issuer }) => ({ id, label, issuer }))).toEqual([
      { id: "google", label: "Google", issuer: "" },
      { id: "acme-sso", label: "Acme sso", issuer: "https://id.acme.example" },
    ]);
  });

  test("are refused where one is missing, misspelled, or an issuer isn't one", () => {
    expect(faultsOf({ GOOGLE_CLIENT_ID: "i" })).toEqual(["GOOGLE_CLIENT_SECRET: must be set beside GOOGLE_CLIENT_ID"]);
    expect(faultsOf({ OIDC_ACME_ISSUER: "https://id.example", OIDC_ACME_CLIENT_ID: "i" })).toEqual([
      "OIDC_ACME_CLIENT_SECRET: must be set: OIDC_ACME needs ISSUER, CLIENT_ID, CLIENT_SECRET",
    ]);
    expect(faultsOf({ OIDC_ACME_SECRET: "s" })).toEqual([
      "OIDC_ACME_SECRET: isn't a setting: OIDC_<NAME>_ is followed by ISSUER, CLIENT_ID, CLIENT_SECRET or LABEL",
    ]);
    const wrong = ["http://id.example", "https://id.example/?a=b", "https://u@id.example", "id.example"];
    for (const OIDC_ACME_SSO_ISSUER of wrong)
      expect(faultsOf({ ...acme, OIDC_ACME_SSO_ISSUER })).toEqual([
        "OIDC_ACME_SSO_ISSUER: must be the issuer's https URL, without a query",
      ]);
    expect(faultsOf({ ...acme, OIDC_ACME_SSO_ISSUER: "http://localhost:9000" })).toEqual([]);
    expect(
      faultsOf({ OIDC_GITHUB_ISSUER: "https://a.example", OIDC_GITHUB_CLIENT_ID: "i", OIDC_GITHUB_CLIENT_SECRET: "s" }),
    ).toEqual(["OIDC_GITHUB_ISSUER: GITHUB stands for something else: name it otherwise"]);
  });
});
