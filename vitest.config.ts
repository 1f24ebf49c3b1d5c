import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'house',
          include: ['test/**/*.test.ts'],
          exclude: ['test/attacks/**'],
          globalSetup: ['test/harness/setup.ts'],
        },
      },
      {
        extends: true,
        test: {
          name: 'attacks',
          include: ['test/attacks/**/*.test.ts'],
          globalSetup: ['test/attacks/setup.ts'],
          // Alone on the machine, since attacks on time measure it; with patience, since a race starts many environments at once.
          sequence: { groupOrder: 1 },
          maxWorkers: 1,
          testTimeout: 90_000,
        },
      },
    ],
    pool: 'forks',
    // What passes need not be read: functions log each request.
    silent: 'passed-only',
    testTimeout: 30_000,
    hookTimeout: 120_000,
    coverage: {
      provider: 'v8',
      include: ['functions/**/*.ts', 'shared/**/*.ts', 'stacks/**/*.ts', 'local/**/*.ts'],
      // Programs that the end-to-end tests run as processes of their own, where coverage cannot see them.
      exclude: ['local/{start,tour,new}.ts', 'local/{start,tour}/**', 'local/lambda/environment.ts'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 80, functions: 80, statements: 80 },
    },
  },
})
