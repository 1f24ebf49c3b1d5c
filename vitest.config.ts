import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/harness/setup.ts'],
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
