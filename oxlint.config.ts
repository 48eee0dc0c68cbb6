import { defineConfig } from "oxlint";

/** Which folders of core a folder of core may import, besides itself. Type imports count. */
const foundation = ["runtime", "secrets", "errors", "ids"];
const coreLayers: Record<string, readonly string[]> = {
  runtime: [],
  secrets: [],
  errors: [],
  ids: [],
  wire: ["runtime"],
  resilience: foundation,
  intent: ["errors", "ids"],
  catalogue: ["errors", "ids", "intent"],
  graph: [...foundation, "wire", "resilience"],
  webhooks: [...foundation, "wire", "resilience"],
  identity: [...foundation, "resilience"],
  store: [...foundation, "intent"],
  rules: ["errors", "ids", "intent", "catalogue"],
  delivery: [...foundation, "resilience", "intent", "store"],
};

interface RestrictedImport {
  group?: string[];
  regex?: string;
  message: string;
}

/** Only `runtime/` reads clocks; everything else is handed one. */
const noTimerModules: RestrictedImport = {
  regex: "^(node:)?(timers|timers/promises|perf_hooks)$",
  message: "Take a Clock instead: only runtime/ touches time.",
};
const publicEntriesOnly: RestrictedImport[] = [
  {
    regex: "^@questline/[^/]+/(src|dist)/|^@questline/(core|emulator|colyseus)/(testing/|messages/|index)",
    message: "Import a public entry of the package.",
  },
  {
    regex: "^(\\.\\./)+(packages|core|colyseus-plugin|emulator)/",
    message: "Import the package by its name, not by a path into its folder.",
  },
];

const restricted = (...patterns: RestrictedImport[]) => ({
  "eslint/no-restricted-imports": ["error", { patterns }] as ["error", { patterns: RestrictedImport[] }],
});

/** A folder's own files climb one step to reach a sibling, files of its subfolders two. */
const coreFolder = ([folder, allowed]: [string, readonly string[]]) =>
  [
    { files: [`packages/core/src/${folder}/*.ts`], up: "../" },
    { files: [`packages/core/src/${folder}/*/**/*.ts`], up: "../../" },
  ].map(({ files, up }) => ({
    files,
    rules: restricted(
      {
        group: [`${up}**`, ...allowed.map((name) => `!${up}${name}/**`)],
        message: `Layer rule: ${folder}/ may import ${allowed.length === 0 ? "nothing of ours" : allowed.join(", ")}.`,
      },
      { regex: "^@questline/", message: "Core does not import packages of ours." },
      ...(folder === "runtime" ? [] : [noTimerModules]),
    ),
  }));

const timeGlobals = [
  "Date",
  "performance",
  "setTimeout",
  "setInterval",
  "setImmediate",
  "clearTimeout",
  "clearInterval",
  "clearImmediate",
].map((name) => ({ name, message: "Take a Clock instead: only runtime/ touches time." }));

/** A test may format a fixed date and let the event loop turn once; it neither waits nor asks what time it is. */
const testTimeGlobals = timeGlobals.filter(({ name }) => name !== "Date" && name !== "setImmediate");

const timeProperties = [
  { object: "Math", property: "random", message: "Take a Random instead: only runtime/ touches chance." },
  { object: "AbortSignal", property: "timeout", message: "Take a Clock instead: only runtime/ touches time." },
  { object: "Date", property: "now", message: "Take a Clock instead: only runtime/ touches time." },
  { object: "process", property: "hrtime", message: "Take a Clock instead: only runtime/ touches time." },
];

export default defineConfig({
  plugins: ["eslint", "typescript", "unicorn", "oxc", "import", "promise", "node", "vitest"],
  categories: { correctness: "error", suspicious: "error" },
  options: { denyWarnings: true, reportUnusedDisableDirectives: "error" },
  ignorePatterns: ["**/dist/**", "**/node_modules/**", "test/fixtures/**"],
  rules: {
    "import/no-cycle": ["error", { ignoreTypes: false }],
    "eslint/max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
    "eslint/no-restricted-globals": ["error", { globals: timeGlobals, checkGlobalObject: true }],
    "eslint/no-restricted-properties": ["error", ...timeProperties],
    "typescript/ban-ts-comment": ["error", { "ts-ignore": true, "ts-nocheck": true, "ts-expect-error": false }],
    "typescript/consistent-type-imports": ["error", { disallowTypeAnnotations: true }],
    ...restricted(noTimerModules),
    "eslint/no-unused-vars": [
      "error",
      { argsIgnorePattern: "^_", varsIgnorePattern: "^_", caughtErrorsIgnorePattern: "^_", ignoreRestSiblings: true },
    ],
    "vitest/expect-expect": ["error", { assertFunctionNames: ["expect*", "assert*", "fc.assert"] }],
    "vitest/valid-expect": ["error", { maxArgs: 2 }],
    // Not for this code: callbacks' names shadow, `then` is an option of the plugin, a worker is not a window, fast-check is
    // read as `fc.`, a set is copied to be changed while it is walked, a suite of tests is a function that `describe` is
    // given, and a law may say "if it was unlocked".
    "eslint/no-shadow": "off",
    "eslint/no-underscore-dangle": "off",
    "unicorn/consistent-function-scoping": "off",
    "unicorn/no-array-sort": "off",
    "unicorn/no-array-reverse": "off",
    "unicorn/no-thenable": "off",
    "unicorn/require-post-message-target-origin": "off",
    "promise/always-return": "off",
    "import/no-unassigned-import": "off",
    "import/no-named-as-default-member": "off",
    "unicorn/no-useless-spread": "off",
    "vitest/valid-describe-callback": "off",
    "vitest/no-conditional-expect": "off",
  },
  overrides: [
    {
      files: ["packages/*/src/**/*.ts", "examples/*/src/**/*.ts", "chaos/src/**/*.ts"],
      rules: { "typescript/no-explicit-any": "error" },
    },
    ...Object.entries(coreLayers).flatMap(coreFolder),
    {
      files: ["packages/emulator/{src,test}/**/*.ts"],
      rules: restricted(
        { regex: "^@questline/", message: "The emulator imports nothing of ours." },
        {
          regex: "^(\\.\\./)+(core|colyseus-plugin|examples|packages)/",
          message: "The emulator imports nothing of ours.",
        },
        noTimerModules,
      ),
    },
    {
      files: ["packages/colyseus-plugin/src/**/*.ts"],
      rules: restricted(
        ...publicEntriesOnly,
        { regex: "^@questline/(emulator|example)", message: "The plugin imports core's public entries only." },
        noTimerModules,
      ),
    },
    {
      // What a game's tests start: the platform too.
      files: ["packages/colyseus-plugin/src/testing/**/*.ts"],
      rules: restricted(...publicEntriesOnly, noTimerModules),
    },
    {
      // Nothing but the game processes may know the core: whoever judges it must not share its code.
      files: ["chaos/src/**/*.ts"],
      rules: restricted(
        ...publicEntriesOnly,
        { regex: "^@questline/(core|colyseus)", message: "Only the game processes import what is under test." },
        { regex: "^\\.\\.?/(\\.\\./)*game/", message: "Only the game processes import what is under test." },
        noTimerModules,
      ),
    },
    {
      files: ["chaos/src/game/**/*.ts"],
      rules: restricted(...publicEntriesOnly, noTimerModules),
    },
    {
      files: ["examples/**/*.ts", "packages/colyseus-plugin/test/**/*.ts"],
      rules: restricted(...publicEntriesOnly, noTimerModules),
    },
    {
      // Unit tests of core may reach for any folder of core: they become no part of it.
      files: ["packages/core/**/*.test.ts"],
      rules: restricted(noTimerModules),
    },
    {
      files: ["**/*.test.ts", "packages/*/test/**/*.ts"],
      rules: { "eslint/no-restricted-globals": ["error", { globals: testTimeGlobals, checkGlobalObject: true }] },
    },
    {
      // Where real processes run, real time does: runtime folders, what measures, and the tests and scripts that drive processes.
      files: [
        "**/runtime/**/*.ts",
        "**/*.process.test.ts",
        "**/*.rooms.test.ts",
        "packages/*/test/**/*-child.ts",
        "examples/*/test/**",
        "test/**",
        "scripts/**",
        "bench/**",
      ],
      rules: {
        "eslint/no-restricted-globals": "off",
        "eslint/no-restricted-properties": "off",
      },
    },
    {
      files: ["**/*.process.test.ts", "**/*.rooms.test.ts", "test/**", "bench/**"],
      rules: restricted(...publicEntriesOnly),
    },
  ],
});
